import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const sane = /^[\w.:+/=@-]{1,128}$/;
/** W3C Trace Context, section 3.2.2. */
const traceparentShape = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

const processPart = randomBytes(6).toString('base64url');
let count = 0;

/** The client's `x-request-id` where it is fit for logs and headers, else a new one, unique over processes. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && sane.test(given) ? given : newRequestId();
}

/** A new request id. */
export function newRequestId(): string {
  count++;
  return `${processPart}-${count.toString(36)}`;
}

/** The `traceparent` to pass on; undefined when absent or malformed, which per the specification is ignored. */
export function traceparentOf(headers: IncomingHttpHeaders): string | undefined {
  const given = headers.traceparent;
  return typeof given === 'string' && traceparentShape.test(given) ? given : undefined;
}
