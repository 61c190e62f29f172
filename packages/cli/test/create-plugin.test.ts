import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { createPlugin } from '../src/create-plugin.js';
import { addToBuild } from '../src/workspace.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

describe('deskgraph plugin create', () => {
  /** A workspace like this one, whose packages are this one's. */
  let workspace: string;
  let directory: string;
  before(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'deskgraph-workspace-'));
    directory = join(workspace, 'plugins');
    await mkdir(directory);
    await symlink(join(root, 'packages'), join(workspace, 'packages'));
    await symlink(join(root, 'node_modules'), join(workspace, 'node_modules'));
  });
  after(() => rm(workspace, { recursive: true, force: true }));

  it('writes a plugin that passes lint, compiles, keeps the plugin contract and passes its own test', async () => {
    await createPlugin({ name: 'loyalty-points', directory });
    const plugin = join(directory, 'loyalty-points');
    await symlink(join(root, 'plugins/hello/node_modules'), join(plugin, 'node_modules'));
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
    run([biome, 'check', '--config-path', root, '--vcs-enabled=false', plugin]);
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    run([compiler, '-p', plugin]);
    const output = run(['--test', '--test-reporter=tap', join(plugin, 'dist/test/loyalty-points.test.js')]);
    assert.match(output, /^ok \d+ - plugin loyalty-points keeps the plugin contract$/m);
    assert.match(output, /^ok \d+ - greets with the configured word$/m);
  });

  it('is the hello plugin under another name: the two cannot drift apart', async () => {
    const files = await createPlugin({ name: 'hello', directory });
    for (const file of files) {
      const path = relative(join(directory, 'hello'), file);
      if (path === 'README.md') continue;
      const original = await readFile(join(root, 'plugins/hello', path), 'utf8');
      assert.equal(withoutDescription(await readFile(file, 'utf8')), withoutDescription(original), path);
    }
    assert.equal(files.length, 8);
  });

  it('refuses names that cannot be a plugin’s, and leaves what is there alone', async () => {
    for (const name of ['', 'Loyalty', '1st', 'a b', '../up', 'a--b', 'a-', 'ü', 'x'.repeat(64)]) {
      await assert.rejects(createPlugin({ name, directory }), (error) =>
        isDeskgraphError(error, 'BAD_USER_INPUT'),
      );
    }
    await createPlugin({ name: 'twice', directory });
    await assert.rejects(createPlugin({ name: 'twice', directory }), (error) =>
      isDeskgraphError(error, 'CONFLICT'),
    );
  });

  it('makes the build include it, once, before the packages that use plugins', async () => {
    const other = await mkdtemp(join(tmpdir(), 'deskgraph-workspace-'));
    await mkdir(join(other, 'packages'));
    const file = join(other, 'packages/tsconfig.json');
    await cp(join(root, 'packages/tsconfig.json'), file);
    await addToBuild(other, 'loyalty-points');
    await addToBuild(other, 'loyalty-points');
    const { references } = JSON.parse(await readFile(file, 'utf8')) as { references: { path: string }[] };
    const paths = references.map(({ path }) => path);
    assert.equal(paths.filter((path) => path === '../plugins/loyalty-points').length, 1);
    assert.ok(paths.indexOf('../plugins/loyalty-points') < paths.indexOf('cli'));
    await rm(other, { recursive: true });
  });
});

/** Runs Node as a user would; the output of a run that succeeded. */
function run(args: string[]): string {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  return stdout;
}

function withoutDescription(text: string): string {
  return text.replace(/"description": "(The smallest plugin|What hello).*",\n/, '');
}
