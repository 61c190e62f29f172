import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer } from '../request/answer.js';
import { ideAsset } from './ide-assets.js';
import type { IdeOptions } from './ide-options.js';
import { pageHeaders, renderPage } from './ide-page.js';

/**
 * Serves the IDE: the page at `/`, its files under `/ide/`.
 * @returns false when the path is not one of its own
 */
export async function serveIde(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  options: IdeOptions,
): Promise<boolean> {
  if (path === '/') {
    answer(response, 200, 'text/html; charset=utf-8', await renderPage(options), pageHeaders);
    return true;
  }
  const asset = path.startsWith('/ide/') ? await ideAsset(path.slice('/ide/'.length)) : undefined;
  if (asset === undefined) return false;
  const headers = { etag: asset.etag, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' };
  const known = request.headers['if-none-match'] === asset.etag;
  response.writeHead(known ? 304 : 200, {
    ...headers,
    ...(known ? {} : { 'content-type': asset.type, 'content-length': asset.content.length }),
  });
  response.end(known ? undefined : asset.content);
  return true;
}
