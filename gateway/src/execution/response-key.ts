import type { ResponsePath } from './execution-state.js';

const prefix = '_deskgraph_';

/**
 * The response key under which an aliased field is planned and its value merged. Clients choose aliases; without a
 * name space of their own, one with the name of a key or of a required field would be sent to a subgraph in its
 * place, as the planner lets it, and so decide whose data is fetched.
 */
export function plannedKey(alias: string): string {
  return prefix + alias;
}

/** The response key as the client knows it. */
export function clientKey(key: string): string {
  return key.startsWith(prefix) ? key.slice(prefix.length) : key;
}

/** An error's path as the client knows it. */
export function clientPath(path: ResponsePath): ResponsePath {
  return path.map((key) => (typeof key === 'string' ? clientKey(key) : key));
}
