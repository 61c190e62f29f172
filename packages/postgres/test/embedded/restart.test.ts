import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { startEmbeddedPostgres } from '../../src/embedded/start.js';
import { serverPid, type TemporaryDataDir, temporaryDataDir } from './data-dirs.js';
import { firstValue } from './first-value.js';

let directory: TemporaryDataDir;
let dataDir: string;
before(async () => {
  directory = await temporaryDataDir();
  dataDir = directory.path;
  await using server = await startEmbeddedPostgres({ dataDir });
  await firstValue(server.url, 'create table kept as select 42 as answer');
});
after(() => directory[Symbol.asyncDispose]());

test('a second start finds what the first one kept', async () => {
  await using second = await startEmbeddedPostgres({ dataDir });
  assert.equal(second.origin, 'started');
  assert.equal(await firstValue(second.url, 'select answer from kept'), 42);
});

test('a second hub on a data directory is refused with the process that holds it', async () => {
  await using _server = await startEmbeddedPostgres({ dataDir });
  await assert.rejects(startEmbeddedPostgres({ dataDir }), (error: unknown) => {
    assert.ok(isDeskgraphError(error, 'DATA_DIR_IN_USE'));
    assert.match(error.message, new RegExp(`process ${process.pid}\\b`));
    return true;
  });
});

test("a server that cannot start says why in the server's own words", async () => {
  const file = join(dataDir, 'postgres/data/postgresql.auto.conf');
  await writeFile(file, 'work_mem = plenty\n');
  await assert.rejects(startEmbeddedPostgres({ dataDir }), (error: unknown) => {
    assert.ok(isDeskgraphError(error, 'DATABASE_UNAVAILABLE'));
    assert.match(error.message, /FATAL: .*postgresql\.auto\.conf/);
    return true;
  });
  await rm(file);
});

test('a lost password is named, not replaced, and no server is left running', async () => {
  const file = join(dataDir, 'postgres/password');
  const password = await readFile(file, 'utf8');
  await writeFile(file, 'from another backup');
  await assert.rejects(startEmbeddedPostgres({ dataDir }), (error: unknown) => {
    assert.ok(isDeskgraphError(error, 'DATABASE_UNAVAILABLE'));
    assert.match(error.message, /password/);
    return true;
  });
  await assert.rejects(serverPid(dataDir), { code: 'ENOENT' });
  await writeFile(file, password);
});
