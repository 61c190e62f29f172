import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as sdk from '@deskgraph/plugin-sdk';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const document = read('docs/plugins.md');

/** First cells of the table under a heading, without their back quotes. */
function firstColumn(heading: string): string[] {
  const section = document.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, cell]) => cell as string);
}

describe('docs/plugins.md', () => {
  it('quotes what is in the files it names', () => {
    const quotes = [...document.matchAll(/<!-- (\S+) -->\n```\w+\n([\s\S]*?)```/g)];
    assert.ok(quotes.length >= 10);
    for (const [, file, text] of quotes as unknown as [string, string, string][]) {
      assert.ok(read(file).includes(text), `${file} does not contain:\n${text}`);
    }
  });

  it('explains every key of the manifest and no other', () => {
    const schema = JSON.parse(read('schema/plugin.schema.json')) as { properties: object };
    assert.deepEqual(firstColumn('The manifest'), Object.keys(schema.properties));
  });

  it('lists every dependency, and loaders and functions that exist', () => {
    assert.deepEqual(firstColumn('The module').sort(), ['database', 'events', 'graph', 'http', 'log']);
    const named = [...document.matchAll(/`((?:parse|keyset|to|row|group|page)[A-Z]\w+)`/g)];
    assert.ok(named.length >= 6);
    for (const [, name] of named) assert.ok((name as string) in sdk, `${name} is not in the SDK`);
  });

  it('explains every scope of @eventSource', () => {
    const scopes = read('schema/deskgraph.graphql').match(/enum deskgraph__EventScope \{([\s\S]*?)\n\}/)?.[1];
    assert.deepEqual(firstColumn('Subscriptions'), scopes?.match(/\b[A-Z]+$/gm));
  });
});
