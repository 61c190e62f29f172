import type { ServerResponse } from 'node:http';
import { errorsText } from '../result-text.js';
import { type AcceptedType, graphqlResponseType, jsonType } from './media-type.js';
import type { Refusal } from './refusal.js';

/** Headers by lower-case name. */
export type Headers = Readonly<Record<string, string>>;

/** Answers with a whole text. Nothing happens when the client is gone or has been answered. */
export function answer(
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
  headers?: Headers,
): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** Answers with errors and no data. */
export function answerRefusal(
  response: ServerResponse,
  requestId: string,
  refused: Refusal,
  accepted: AcceptedType,
): void {
  const type = accepted === 'graphql-response' ? graphqlResponseType : jsonType;
  const headers = { 'x-request-id': requestId, ...refused.headers };
  answer(response, refused.status, type, errorsText(refused.errors), headers);
}
