import type { ResultError } from './subscription.js';

/** The hub's codes after which the same subscription may work later: a part of its catalogue (docs/errors.md). */
export const passingCodes: ReadonlySet<string> = new Set([
  'DATABASE_UNAVAILABLE',
  'EVENT_BUS_UNAVAILABLE',
  'PLANNER_UNAVAILABLE',
  'PLUGIN_UNAVAILABLE',
  'SLOW_CONSUMER',
  'SUBGRAPH_CIRCUIT_OPEN',
  'SUBGRAPH_OVERLOADED',
  'SUBGRAPH_TIMEOUT',
  'SUBGRAPH_UNREACHABLE',
  'SUBSCRIPTION_SOURCE_FAILED',
  'TOO_MANY_OPERATIONS',
  'UPSTREAM_CIRCUIT_OPEN',
  'UPSTREAM_OVERLOADED',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNREACHABLE',
]);

/** The code of an answer; `INTERNAL_ERROR` for one without. */
export function codeOf(errors: readonly ResultError[]): string {
  const code = errors[0]?.extensions?.code;
  return typeof code === 'string' ? code : 'INTERNAL_ERROR';
}
