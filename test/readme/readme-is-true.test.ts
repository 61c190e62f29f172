import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/plugins.md',
  'docs/transports.md',
  'docs/dependencies.md',
  'packages/client/README.md',
  'docs/operations.md',
];

describe('the documents', () => {
  it('show both commands, and what they print, before line 40 of the README', () => {
    const top = readme.split('\n').slice(0, 40).join('\n');
    for (const text of ['$ npm start', 'Deskgraph is ready', '$ npm test', 'passed, 0 failed'])
      assert.ok(top.includes(text), text);
  });

  it('quote sources as they are', () => {
    for (const document of documents) {
      const text = readFileSync(join(root, document), 'utf8');
      for (const [, file, quoted] of text.matchAll(/<!-- ([\w/.-]+) -->\n```\w+\n([\s\S]*?)```/g)) {
        const source = readFileSync(join(root, file as string), 'utf8');
        assert.ok(source.includes((quoted as string).trim()), `${document} quotes ${file} as it is not`);
      }
    }
  });

  it('link to what exists', () => {
    for (const document of documents) {
      const text = readFileSync(join(root, document), 'utf8');
      for (const [, target] of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
        if ((target as string).startsWith('http')) continue;
        assert.ok(
          existsSync(join(root, dirname(document), target as string)),
          `${document} links to ${target}`,
        );
      }
    }
  });

  it('name environment variables that the hub reads', () => {
    const settings = readFileSync(join(root, 'gateway/src/hub/settings.ts'), 'utf8');
    for (const [, name] of readme.matchAll(/^\| `([A-Z_]+)`/gm))
      assert.ok(settings.includes(`'${name}'`), name);
  });

  it('name every environment variable that the hub reads', () => {
    const settings = readFileSync(join(root, 'gateway/src/hub/settings.ts'), 'utf8');
    const names = [...settings.matchAll(/\{ name: '([A-Z_]+)', path:/g)].map(([, name]) => name as string);
    assert.ok(names.length >= 6);
    const rows = readme.split('\n').filter((line) => line.startsWith('| `'));
    assert.deepEqual(
      names.filter((name) => !rows.some((row) => row.includes(`\`${name}\``))),
      [],
    );
  });

  it('list every dependency that a package has', () => {
    const listed = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
    const catalog = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
    const names = [...catalog.matchAll(/^ {2}"?([@\w/.-]+)"?: \d/gm)].map(([, name]) => name as string);
    assert.ok(names.length > 20);
    assert.deepEqual(
      names.filter((name) => !name.startsWith('@types/') && !listed.includes(`\`${name}\``)),
      [],
    );
  });
});
