import type { Dispatcher } from 'undici';
import { DeskgraphError, isDeskgraphError } from '../deskgraph-error.js';
import type { HttpRequest, HttpResponse } from './http-client.js';

/** Limits of one attempt. */
export interface AttemptLimits {
  /** Largest response body that is read; default 10 MiB. */
  readonly maxResponseBytes: number;
}

/**
 * Sends a request once and reads the whole body, or cancels it, so that no connection leaks.
 * @throws DeskgraphError UPSTREAM_UNREACHABLE | UPSTREAM_TOO_LARGE, or the signal's reason
 */
export async function sendOnce(
  dispatcher: Dispatcher,
  target: URL,
  request: HttpRequest,
  signal: AbortSignal,
  limits: AttemptLimits,
): Promise<HttpResponse> {
  try {
    const { statusCode, headers, body } = await dispatcher.request({
      origin: target.origin,
      path: `${target.pathname}${target.search}`,
      method: request.method ?? 'GET',
      headers: { ...request.headers, ...(request.traceparent && { traceparent: request.traceparent }) },
      body: request.body ?? null,
      signal,
    });
    const text = await readBody(body, limits.maxResponseBytes, target);
    return { status: statusCode, headers: flatten(headers), text, json: () => parseJson(text, target) };
  } catch (cause) {
    if (isDeskgraphError(cause)) throw cause;
    if (signal.aborted) throw signal.reason;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DeskgraphError('UPSTREAM_UNREACHABLE', `${target.origin}: ${reason}`, { cause });
  }
}

/** Leaving the loop early cancels the body and closes its connection. */
async function readBody(body: AsyncIterable<Uint8Array>, maxBytes: number, target: URL): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw new DeskgraphError(
        'UPSTREAM_TOO_LARGE',
        `${target.origin}${target.pathname} answered more than ${maxBytes} bytes.`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

function parseJson(text: string, target: URL): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DeskgraphError(
      'UPSTREAM_MALFORMED',
      `${target.origin}${target.pathname} did not answer JSON but: ${text.slice(0, 100)}`,
      { cause },
    );
  }
}
