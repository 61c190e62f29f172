import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { type Refusal, refusal } from './refusal.js';

/** Answers a body: its text, why it is refused, or null when the client went away in the middle. */
export type BodyReading = { readonly text: string } | { readonly refused: Refusal } | null;

/** What is read and thrown away of a refused body, so that the client gets to read the refusal. */
const maxDiscardedBytes = 16 * 1024 * 1024;

/**
 * Reads a body of at most `maxBytes`. One that announces more is refused before anything is read, one that
 * turns out longer as soon as it does. The server's `requestTimeout` is the deadline.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyReading> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    const message = `Content-Encoding "${encoding}" is not read; send the body uncompressed.`;
    return discard(request, refusal('UNSUPPORTED_MEDIA_TYPE', message, { 'accept-encoding': 'identity' }));
  }
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) return discard(request, tooLarge(`${announced} bytes`, maxBytes));
  const chunks = await collect(request, maxBytes);
  if (chunks === null) return null;
  if (chunks === 'too large') return discard(request, tooLarge('longer', maxBytes));
  const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  if (!isUtf8(bytes)) return { refused: refusal('BAD_REQUEST', 'The body is not UTF-8.') };
  return { text: bytes.toString('utf8') };
}

function collect(request: IncomingMessage, maxBytes: number): Promise<Buffer[] | 'too large' | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let received = 0;
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received <= maxBytes) chunks.push(chunk);
      else resolve('too large');
    });
    request.on('end', () => resolve(chunks));
    request.on('error', () => resolve(null));
    request.on('close', () => resolve(null));
  });
}

function tooLarge(found: string, maxBytes: number): Refusal {
  return refusal('BODY_TOO_LARGE', `The body is ${found}; the limit is ${maxBytes} bytes.`);
}

/**
 * Throws away what is still coming, up to a bound. Closing at once would reset the connection, and the client
 * would see that instead of the refusal.
 */
export function discard(request: IncomingMessage, refused: Refusal): { readonly refused: Refusal } {
  let discarded = 0;
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > maxDiscardedBytes) request.destroy();
  });
  request.on('error', () => undefined);
  return { refused };
}
