import type { IncomingMessage } from 'node:http';
import { isJsonBody } from './media-type.js';
import { discard, readBody } from './read-body.js';
import { type Refusal, refusal } from './refusal.js';

/** A POST's JSON object, why it is refused, or null when the client went away in the middle. */
export type JsonBody =
  | { readonly value: Readonly<Record<string, unknown>> }
  | { readonly refused: Refusal }
  | null;

/** Reads a GraphQL-over-HTTP POST body (section "JSON Encoding"): one JSON object in UTF-8. */
export async function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<JsonBody> {
  const type = request.headers['content-type'];
  if (type === undefined || !isJsonBody(type)) {
    const found = type === undefined ? 'There is no Content-Type' : `The Content-Type is "${type}"`;
    return discard(
      request,
      refusal('UNSUPPORTED_MEDIA_TYPE', `${found}; it must be application/json in UTF-8.`, {
        accept: 'application/json',
      }),
    );
  }
  const body = await readBody(request, maxBytes);
  return body === null || 'refused' in body ? body : parse(body.text);
}

function parse(text: string): JsonBody {
  // A batch is refused by its first character, before it is parsed.
  if (/^\s*\[/.test(text)) {
    return { refused: refusal('BATCH_REFUSED', 'The body is a list; send one operation per request.') };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { refused: refusal('BAD_REQUEST', `The body is not JSON: ${(error as Error).message}.`) };
  }
  if (typeof value === 'object' && value !== null) return { value: value as Record<string, unknown> };
  return { refused: refusal('BAD_REQUEST', 'The body must be a JSON object with a "query".') };
}
