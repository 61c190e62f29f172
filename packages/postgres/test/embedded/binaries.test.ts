import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { findBinaries } from '../../src/embedded/binaries.js';
import { openCluster } from '../../src/embedded/cluster.js';
import { startPostmaster } from '../../src/embedded/launch.js';
import { stopPostmaster } from '../../src/embedded/postmaster.js';
import { serverUser } from '../../src/embedded/server-user.js';
import { withConnection } from '../../src/single-connection.js';

interface Folder extends AsyncDisposable {
  readonly path: string;
}

async function folder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'deskgraph-binaries-'));
  await chmod(path, 0o755);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A program that only prints. */
async function program(path: string, text: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho '${text}'\n`, { mode: 0o755 });
}

test('the libraries of the npm package are found although no install script made their links', async () => {
  await using root = await folder();
  const binaries = await findBinaries(root.path, serverUser());
  const lib = join(binaries.postgres, '../../lib');
  const names = await readdir(lib);
  const links = await Promise.all(names.map((name) => lstat(join(lib, name))));
  assert.ok(process.platform === 'win32' || links.some((entry) => entry.isSymbolicLink()));
  assert.equal(binaries.major, 18);
});

test('a packaged build that does not run here is passed over for a system one of a version that fits', async () => {
  await using root = await folder();
  const native = join(root.path, 'native');
  await mkdir(join(native, 'bin'), { recursive: true });
  await writeFile(join(native, 'bin/initdb'), 'for another machine', { mode: 0o755 });
  const [old, recent] = [join(root.path, 'old'), join(root.path, 'recent')];
  await program(join(old, 'initdb'), '');
  await program(join(old, 'postgres'), 'postgres (PostgreSQL) 9.6.24');
  await program(join(recent, 'initdb'), '');
  await program(join(recent, 'postgres'), 'postgres (PostgreSQL) 16.3 (Some Linux)');
  const packaged = { directory: native, version: '18.4.0' };
  const found = await findBinaries(root.path, serverUser(), { packaged, directories: [old, recent] });
  assert.deepEqual(found, {
    initdb: join(recent, 'initdb'),
    postgres: join(recent, 'postgres'),
    major: 16,
  });
  await assert.rejects(
    findBinaries(root.path, serverUser(), { packaged, directories: [old] }),
    (error: unknown) => {
      assert.ok(isDeskgraphError(error, 'DATABASE_UNAVAILABLE'));
      assert.match(error.message, /does not run here.*old has version 9\. Set DATABASE_URL/);
      return true;
    },
  );
});

const debian = '/usr/lib/postgresql/15/bin';

test("without the npm package, the system's PostgreSQL serves", {
  skip: existsSync(debian) ? false : `there is no ${debian}`,
}, async () => {
  await using root = await folder();
  const user = serverUser();
  const binaries = await findBinaries(root.path, user, { packaged: null, directories: [debian] });
  const cluster = await openCluster(root.path, binaries, user);
  const logFile = join(root.path, 'log');
  const postmaster = await startPostmaster({ cluster, binaries, user, logFile });
  try {
    const url = `postgres://deskgraph:${cluster.password}@127.0.0.1:${postmaster.port}/postgres`;
    const { rows } = await withConnection(url, (client) => client.query('show server_encoding'));
    assert.deepEqual(rows, [{ server_encoding: 'UTF8' }]);
  } finally {
    await stopPostmaster(postmaster);
  }
});
