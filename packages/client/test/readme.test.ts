import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const readme = read('README.md');
const options = read('src/options.ts');
const subscription = read('src/subscription.ts');

/** First cells of the table under a heading. */
function firstColumn(heading: string): string[] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, cell]) => cell as string);
}

/** Names and texts that a pattern finds, in order. */
const find = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, found]) => found as string);

describe('the README', () => {
  it('lists every option and its default', () => {
    const body = options.split('interface DeskgraphClientOptions {')[1]?.split('\n}')[0] ?? '';
    assert.deepEqual(firstColumn('Options'), find(body, /readonly (\w+)\??:/g));
    const defaults = options.split('function resolveOptions')[1]?.split('\n}')[0] ?? '';
    for (const [, text] of readme.matchAll(/\| `\{ (.*?) \}` \|/g)) {
      assert.ok(defaults.includes((text as string).replace('Infinity', 'Number.POSITIVE_INFINITY')), text);
    }
  });

  it('lists every state of the connection', () => {
    assert.deepEqual(
      firstColumn('Telling people'),
      find(read('src/connection/connection-state.ts'), /kind: '(\w+)'/g),
    );
  });

  it('lists every cause of a beginning, and every code of the client itself', () => {
    const causes = subscription.split('type BeginningCause =')[1]?.split(';')[0] ?? '';
    assert.deepEqual(firstColumn('Causes of a beginning'), find(causes, /'(\w+)'/g));
    assert.deepEqual(firstColumn('Errors'), find(subscription, /^ \* - `([A-Z_]+)`: the (?:hub|conn)/gm));
  });
});
