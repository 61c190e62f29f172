import assert from 'node:assert/strict';
import { cp, lstat, mkdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { startEmbeddedPostgres } from '../../src/embedded/start.js';
import { temporaryDataDir } from './data-dirs.js';
import { firstValue } from './first-value.js';

const skip = process.getuid?.() === 0 ? false : 'only root runs the server as another user';

test("a data directory of root's below a closed home: the files lie elsewhere, and follow when it is moved", {
  skip,
}, async () => {
  await using directory = await temporaryDataDir(0o700);
  const dataDir = directory.path;
  const server = await startEmbeddedPostgres({ dataDir });
  const elsewhere = await readlink(join(dataDir, 'postgres'));
  await using _elsewhere = { [Symbol.asyncDispose]: () => rm(elsewhere, { recursive: true, force: true }) };
  await using _server = server;
  await firstValue(server.url, 'create table kept as select 42 as answer');
  const copy = `${dataDir}-copy`;
  await cp(dataDir, copy, { recursive: true, verbatimSymlinks: true });
  // A copy leads to the same files: only one hub may use them.
  await assert.rejects(startEmbeddedPostgres({ dataDir: copy }), (error: unknown) =>
    isDeskgraphError(error, 'DATA_DIR_IN_USE'),
  );
  await server.stop();
  const moved = `${dataDir}-moved`;
  await rename(dataDir, moved);
  await using again = await startEmbeddedPostgres({ dataDir: moved });
  assert.equal(await firstValue(again.url, 'select answer from kept'), 42);
});

test('a link to files that are gone is reported, not answered with an empty database', async () => {
  await using directory = await temporaryDataDir();
  const link = join(directory.path, 'postgres');
  await mkdir(directory.path);
  await symlink('/nonexistent/deskgraph', link);
  await assert.rejects(startEmbeddedPostgres({ dataDir: directory.path }), (error: unknown) => {
    assert.ok(isDeskgraphError(error, 'DATABASE_UNAVAILABLE'));
    assert.match(error.message, /files are gone/);
    return true;
  });
  assert.ok((await lstat(link)).isSymbolicLink());
});
