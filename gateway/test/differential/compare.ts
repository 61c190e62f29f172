import type { Federation } from '../federation-rig/federation.js';
import type { Monolith } from './monolith.js';
import type { GeneratedOperation } from './operation-generator.js';

/** How the two answers differ, for a person to repeat; null when they do not. */
export async function difference(
  { query, variables }: GeneratedOperation,
  federation: Federation,
  monolith: Monolith,
): Promise<string | null> {
  const expected = await monolith.run(query, variables);
  const actual = await federation.run(query, variables);
  const expectedNulls = restingPlaces(JSON.parse(expected.data), expected.errorPaths);
  const actualData: unknown = actual.data === 'refused' ? 'refused' : JSON.parse(actual.data);
  const actualNulls = restingPlaces(
    actualData,
    (actual.errors ?? []).map(({ path }) => path ?? []),
  );
  if (actual.data === expected.data && expectedNulls === actualNulls) return null;
  return [
    query,
    `variables: ${JSON.stringify(variables)}`,
    `expected: ${expected.data} errors at ${expectedNulls}`,
    `actual:   ${actual.data} errors at ${actualNulls}`,
    `errors:   ${JSON.stringify(actual.errors)}`,
  ].join('\n');
}

/**
 * Where the nulls of errors came to rest. Of several errors below one null, executors may report any
 * (GraphQL spec, section 6.4.4), so this is what two of them must agree on.
 */
function restingPlaces(data: unknown, paths: readonly (readonly (string | number)[])[]): string {
  const places = paths.map((path) => {
    let value = data;
    for (const [depth, key] of path.entries()) {
      if (value === null || value === undefined) return path.slice(0, depth).join('.');
      value = (value as Record<string | number, unknown>)[key];
    }
    return path.join('.');
  });
  return [...new Set(places)].sort().join(' ') || '-';
}
