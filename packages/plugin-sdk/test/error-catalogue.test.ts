import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { errorCatalogue } from '@deskgraph/plugin-sdk';
import { errorDocs, renderErrorDocs } from '../scripts/error-docs.js';

const repository = fileURLToPath(new URL('../../../..', import.meta.url));

/** Source files of the product, by path; tests and fixtures may make codes up. */
function sources(): Map<string, string> {
  const skipped = new Set(['node_modules', 'dist', 'test', 'fixtures']);
  const read = (directory: string): [string, string][] =>
    readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : read(path);
      return /\.(ts|mjs|js)$/.test(entry.name) ? [[path, readFileSync(path, 'utf8')]] : [];
    });
  return new Map(['packages', 'plugins', 'gateway'].flatMap((folder) => read(join(repository, folder))));
}

describe('the error catalogue', () => {
  it('is what docs/errors.md says', () => {
    assert.equal(
      readFileSync(errorDocs, 'utf8'),
      renderErrorDocs(),
      'run: pnpm --filter @deskgraph/plugin-sdk run docs',
    );
  });

  it('knows every code that the source uses', () => {
    const uses = /(?:DeskgraphError\(|DeskgraphError\(\w+,|extensions: \{ code:)\s*'([A-Z_]+)'/g;
    const unknown = [...sources()].flatMap(([path, text]) =>
      [...text.matchAll(uses)].flatMap(([, code = '']) =>
        code in errorCatalogue ? [] : [`${path}: ${code}`],
      ),
    );
    assert.deepEqual(unknown, []);
  });

  it('tells the reader what happened and what to do, in sentences', () => {
    for (const [code, { meaning, remedy, status }] of Object.entries(errorCatalogue)) {
      assert.match(meaning, /^([A-Z]|plugin\.json).*\.$/, code);
      assert.match(remedy, /^[A-Z].*\.$/, code);
      assert.ok(status === 200 || (status >= 400 && status < 600), `${code}: ${status}`);
    }
  });
});
