import { LRUCache } from 'lru-cache';

/** What to answer with, by the `Accept` header. */
export type AcceptedType =
  /** `application/graphql-response+json`: the status tells what happened. */
  | 'graphql-response'
  /** `application/json`: 200 for every well-formed request, as clients from before that type expect. */
  | 'json'
  /** Anything goes: JSON for results, the typed form for refusals, so that their status can be trusted. */
  | 'any'
  /** `text/event-stream`. */
  | 'event-stream'
  | 'none';

/** `Content-Type` of answers in JSON. */
export const jsonType = 'application/json; charset=utf-8';
/** `Content-Type` of answers whose status can be trusted. */
export const graphqlResponseType = 'application/graphql-response+json; charset=utf-8';

const names: ReadonlyMap<string, AcceptedType> = new Map([
  ['application/graphql-response+json', 'graphql-response'],
  ['application/json', 'json'],
  ['text/event-stream', 'event-stream'],
  ['application/*', 'any'],
  ['*/*', 'any'],
]);

/** Clients send few different headers, again and again. */
const known = new LRUCache<string, AcceptedType>({ max: 500 });

/** Negotiates (RFC 9110, section 12.5.1): the best quality wins, then the more specific, then the first. */
export function acceptedType(header: string | undefined): AcceptedType {
  if (header === undefined || header === '*/*') return 'any';
  let type = known.get(header);
  if (type === undefined) {
    type = negotiate(header);
    known.set(header, type);
  }
  return type;
}

function negotiate(header: string): AcceptedType {
  let best: AcceptedType = 'none';
  let bestScore = 0;
  for (const part of header.split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const type = names.get(name);
    if (type === undefined || !utf8(parameters)) continue;
    const score = quality(parameters) * (type === 'any' ? 1 : 1.0001);
    if (score > bestScore) {
      best = type;
      bestScore = score;
    }
  }
  return best;
}

function quality(parameters: readonly string[]): number {
  const text = parameters.find((parameter) => parameter.startsWith('q='));
  return text === undefined ? 1 : Number(text.slice(2)) || 0;
}

function utf8(parameters: readonly string[]): boolean {
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  return charset === undefined || /^charset="?utf-?8"?$/.test(charset);
}

/** Whether a `Content-Type` is JSON in UTF-8, the only body that is read. */
export function isJsonBody(header: string): boolean {
  if (header === 'application/json') return true;
  const [name = '', ...parameters] = header.split(';').map((text) => text.trim().toLowerCase());
  return name === 'application/json' && utf8(parameters);
}
