#!/usr/bin/env node
// Runs with nothing but Node: installs and builds what is missing or stale, then hands over to the compiled
// code in this same process. The only plain JavaScript in the house, because nothing is compiled before it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const minimumNode = [20, 19];

/** What each script installs, builds and then runs. The benchmarks' peers are installed only for `bench`. */
const scripts = {
  start: {
    install: 'product',
    projects: ['packages'],
    entry: 'packages/cli/dist/src/main.js',
    args: ['start'],
  },
  run: { install: 'product', projects: ['packages'], entry: 'packages/cli/dist/src/main.js', args: [] },
  test: { install: 'product', projects: ['packages'], entry: 'test/dist/runner/main.js', args: [] },
  chaos: { install: 'product', projects: ['packages'], entry: 'test/dist/chaos/main.js', args: [] },
  lint: { install: 'product', projects: ['packages'], entry: 'test/dist/lint/main.js', args: [] },
  bench: {
    install: 'everything',
    projects: ['packages', 'test/bench'],
    entry: 'test/bench/dist/src/main.js',
    args: [],
  },
};

function fail(message) {
  console.error(message);
  process.exit(1);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = minimumNode;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  fail(
    `Deskgraph needs Node.js ${minimumNode.join('.')} or later; this is ${process.versions.node}. Get one at https://nodejs.org.`,
  );
}

function run(command, args, purpose) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (result.status === 0) return;
  const reason = result.error ? result.error.message : `exit code ${result.status ?? result.signal}`;
  fail(`${purpose} failed (${reason}): ${command} ${args.join(' ')}`);
}

/** The lock file and scope that node_modules was installed from; scopes only grow. */
function install(scope) {
  const stamp = join(root, 'node_modules/.deskgraph-installed');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8').trim().split(' ') : [];
  if (installed[0] === lock && (installed[1] === scope || installed[1] === 'everything')) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  console.error(`Installing dependencies with ${packageManager} (only when they have changed)...`);
  const filter = scope === 'everything' ? [] : ['--filter', '!@deskgraph/bench'];
  run('npx', ['--yes', packageManager, ...filter, 'install', '--frozen-lockfile'], 'Installing dependencies');
  writeFileSync(stamp, `${lock} ${scope}\n`);
}

function build(projects) {
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', ...projects], 'Building');
}

requireNode();
const [name, ...rest] = process.argv.slice(2);
const script = scripts[name];
if (!script)
  fail(`bootstrap: expected one of ${Object.keys(scripts).join(', ')}, found ${name ?? 'nothing'}.`);
install(script.install);
// A plugin whose types are out of date does not compile; the commands for plugin authors must run all the same.
build(name === 'run' && rest[0] === 'plugin' ? ['packages/cli'] : script.projects);
process.chdir(root);
process.argv = [process.argv[0], join(root, script.entry), ...script.args, ...rest];
await import(pathToFileURL(process.argv[1]).href);
