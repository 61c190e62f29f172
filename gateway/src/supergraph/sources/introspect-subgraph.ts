import { DeskgraphError, type ErrorCode } from '@deskgraph/plugin-sdk';
import { request } from 'undici';

const query = JSON.stringify({ query: '{ _service { sdl } }' });
const maxAnswerBytes = 20 * 1024 * 1024;

/**
 * Asks a subgraph for its SDL (federation subgraph specification, `_service`).
 * @throws DeskgraphError SUBGRAPH_UNREACHABLE | SUBGRAPH_MALFORMED_RESPONSE that says what it answered instead
 */
export async function introspectSubgraph(
  { name, url }: { readonly name: string; readonly url: string },
  deadline: AbortSignal,
): Promise<string> {
  const { status, text } = await post(name, url, deadline);
  const sdl = readSdl(text);
  if (sdl !== null) return sdl;
  const excerpt = text.replace(/\s+/g, ' ').slice(0, 200);
  throw failure('SUBGRAPH_MALFORMED_RESPONSE', name, url, [
    `answered HTTP ${status} without data._service.sdl: ${excerpt || '(nothing)'}`,
    'Check that the URL is its GraphQL endpoint and that it is a federation subgraph, or give its SDL with "schema".',
  ]);
}

async function post(
  name: string,
  url: string,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  try {
    const response = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: query,
      signal,
      // Polled far apart: a kept connection would only be found dead.
      reset: true,
    });
    return { status: response.statusCode, text: await readText(response.body) };
  } catch (error) {
    const reason = signal.aborted ? 'did not answer in time' : describe(error);
    throw failure('SUBGRAPH_UNREACHABLE', name, url, [
      reason,
      'Check that it runs and that the URL is right.',
    ]);
  }
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxAnswerBytes) throw new Error(`its answer is over ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readSdl(text: string): string | null {
  try {
    const sdl: unknown = JSON.parse(text)?.data?._service?.sdl;
    return typeof sdl === 'string' && sdl.trim() !== '' ? sdl : null;
  } catch {
    return null;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A refused connection to "localhost" is an AggregateError without a message of its own.
  return error.message || ('code' in error ? String(error.code) : error.name);
}

function failure(
  code: ErrorCode,
  name: string,
  url: string,
  [what, remedy]: [string, string],
): DeskgraphError {
  return new DeskgraphError(code, `Subgraph "${name}" at ${url}: ${what}. ${remedy}`, {
    details: { name, url },
  });
}
