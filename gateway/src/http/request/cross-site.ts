import type { IncomingHttpHeaders } from 'node:http';
import { HeaderMap } from '@apollo/server';

/**
 * The headers Apollo Server sees of a request that we can vouch for: what its CSRF prevention takes as proof that a
 * browser asked before it sent the request, and an empty `Accept`, which spares it the search for incremental
 * delivery, which a gateway has not, in every request.
 */
export const vouched: HeaderMap = new HeaderMap([
  ['apollo-require-preflight', 'true'],
  ['accept', ''],
]);

/**
 * Whether a page of another site can have made a browser send this GET without asking (a "simple" request).
 * Such a page cannot read the answer, but it could make the gateway work. Browsers say where a request comes
 * from in `sec-fetch-site`, except older ones and on plain HTTP; programs that are no browser say nothing and
 * do not call themselves Mozilla. POSTs need no such look: their JSON content type makes browsers ask first.
 */
export function mayBeForged(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return false;
  return site !== undefined || (headers['user-agent']?.startsWith('Mozilla/') ?? false);
}

/** Whether the request carries a header that no page can set without the browser asking first. */
export function provesPreflight(headers: IncomingHttpHeaders): boolean {
  return Boolean(headers['apollo-require-preflight']) || Boolean(headers['x-apollo-operation-name']);
}
