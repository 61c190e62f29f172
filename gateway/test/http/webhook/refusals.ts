import { randomBytes } from 'node:crypto';
import { type EventAnswer, orderPaid, type PostOptions, type Shop } from './shop.js';

/** A request that must be refused. */
export interface RefusedCase {
  readonly name: string;
  readonly send: (shop: Shop) => Promise<EventAnswer>;
  readonly status: number;
  readonly code: string;
  /** As which sender it is counted. */
  readonly sender: 'shop' | 'unknown';
}

const minute = 60;
const seconds = () => Math.floor(Date.now() / 1000);

/** JSON text that is nested so deep that walking it by recursion overflows the stack. */
function nested(attribute: string, levels: number): string {
  const text = JSON.stringify(orderPaid({ [attribute]: 'HERE' }));
  return text.replace('"HERE"', '['.repeat(levels) + ']'.repeat(levels));
}

function unsigned(name: string, options: () => PostOptions, body?: () => string): RefusedCase {
  const send = (shop: Shop) => shop.post(body?.() ?? orderPaid(), options());
  return { name, send, status: 401, code: 'WEBHOOK_SIGNATURE_INVALID', sender: 'unknown' };
}

function untimely(name: string, timestamp: () => unknown): RefusedCase {
  const send = (shop: Shop) => shop.post(orderPaid(), { timestamp: String(timestamp()) });
  return {
    name: `a timestamp ${name}, rightly signed`,
    send,
    status: 401,
    code: 'WEBHOOK_TIMESTAMP_INVALID',
    sender: 'unknown',
  };
}

function malformed(name: string, body: () => unknown): RefusedCase {
  return { name, send: (shop) => shop.post(body()), status: 400, code: 'EVENT_INVALID', sender: 'shop' };
}

function unfit(name: string, code: string, changes: () => Record<string, unknown>): RefusedCase {
  return { name, send: (shop) => shop.post(orderPaid(changes())), status: 422, code, sender: 'shop' };
}

function mistyped(name: string, type: string, body: () => unknown = orderPaid): RefusedCase {
  const send = (shop: Shop) => shop.post(body(), { headers: { 'content-type': type } });
  return { name, send, status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', sender: 'unknown' };
}

const ahead = (ms: number) => ({ time: new Date(Date.now() + ms).toISOString() });

/** Every way in which schema/EVENTS.md, section 8, has events refused, with the inputs that could slip through. */
export const refusedCases: readonly RefusedCase[] = [
  unsigned('a signature by a key that nobody has', () => ({ key: randomBytes(32) })),
  unsigned('a body that was changed after it was signed', () => ({ signed: JSON.stringify(orderPaid()) })),
  unsigned('a signature that was made for another message id', () => ({
    headers: { 'webhook-id': 'msg_2' },
  })),
  unsigned('a signature that was made for another second', () => ({
    headers: { 'webhook-timestamp': String(seconds() - 60) },
  })),
  ...['', 'v1', 'v1,', 'v2,AAAA', 'nonsense', 'v1,\u00e9', ','.repeat(4_000)].map((signature) =>
    unsigned(`the signature ${JSON.stringify(signature.slice(0, 12))}`, () => ({
      headers: { 'webhook-signature': signature },
    })),
  ),
  untimely('six minutes old', () => seconds() - 6 * minute),
  untimely('six minutes ahead', () => seconds() + 6 * minute),
  untimely('in milliseconds', () => Date.now()),
  untimely('below zero', () => -1),
  untimely('in words', () => 'soon'),
  untimely('with something after it', () => `${seconds()}; drop`),
  untimely('with a fraction', () => `${seconds()}.5`),
  malformed('what is no JSON', () => '{"id": '),
  malformed('an empty body', () => ''),
  malformed('a list', () => [orderPaid()]),
  malformed('null', () => 'null'),
  malformed('an event without id', () => orderPaid({ id: undefined })),
  malformed('an event without type', () => orderPaid({ type: null })),
  malformed('an event without data', () => orderPaid({ data: undefined })),
  malformed('an event of another version', () => orderPaid({ specversion: '0.3' })),
  malformed('a topic that is no text', () => orderPaid({ topic: {} })),
  malformed('an attribute that is set as a prototype', () =>
    JSON.stringify(orderPaid()).replace('{', '{"__proto__":{"id":"x"},'),
  ),
  malformed('data 100 000 levels deep', () => nested('data', 100_000)),
  malformed('an id 100 000 levels deep', () => nested('id', 100_000)),
  // Random, because PostgreSQL would press a repeated letter into the index.
  ...['id', 'source', 'topic', 'subject', 'partitionkey'].map((attribute) =>
    malformed(`a ${attribute} that no index holds`, () =>
      orderPaid({ [attribute]: randomBytes(8_000).toString('hex') }),
    ),
  ),
  {
    name: 'a type that the sender may not send',
    send: (shop) => shop.post(orderPaid({ type: 'customer.created' })),
    status: 403,
    code: 'EVENT_UNDECLARED',
    sender: 'shop',
  },
  unfit('a type that nobody consumes', 'EVENT_UNDECLARED', () => ({ type: 'order.lost' })),
  unfit('data that does not fit', 'EVENT_INVALID', () => ({ data: { orderId: 7 } })),
  unfit('a clock six minutes ahead', 'EVENT_INVALID', () => ahead(6 * 60_000)),
  unfit('a clock 200 years ahead', 'EVENT_INVALID', () => ahead(200 * 365 * 86_400_000)),
  unfit('a far time that only RFC 3339 reads', 'EVENT_INVALID', () => ({ time: '2999-12-31t23:59:60z' })),
  {
    name: 'more than 256 KiB',
    send: (shop) => shop.post(orderPaid({ data: { orderId: 'x'.repeat(256 * 1024) } })),
    status: 413,
    code: 'BODY_TOO_LARGE',
    sender: 'unknown',
  },
  mistyped('another media type', 'application/json'),
  mistyped('another charset', 'application/cloudevents+json; charset=utf-16'),
  mistyped('a batch', 'application/cloudevents-batch+json', () => [orderPaid()]),
];
