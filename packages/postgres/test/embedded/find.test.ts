import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { findEmbeddedPostgres } from '../../src/embedded/find.js';
import { startEmbeddedPostgres } from '../../src/embedded/start.js';
import { temporaryDataDir } from './data-dirs.js';
import { firstValue } from './first-value.js';

const nobodyThere = {
  code: 'DATABASE_UNAVAILABLE',
  message: /^No hub runs on .*\. Start one with "npm start"/,
};

test('a command finds the database of a running hub, and is told so when the hub has stopped', async () => {
  await using directory = await temporaryDataDir();
  const dataDir = directory.path;
  await using server = await startEmbeddedPostgres({ dataDir });
  const url = await findEmbeddedPostgres(dataDir);
  assert.equal(url, server.url);
  assert.equal(await firstValue(url, 'select 1'), 1);
  await server.stop();
  await assert.rejects(findEmbeddedPostgres(dataDir), nobodyThere);
});

test('looking where no hub ever ran makes nothing', async () => {
  await using directory = await temporaryDataDir();
  await assert.rejects(findEmbeddedPostgres(directory.path), nobodyThere);
  assert.equal(existsSync(directory.path), false);
});

test('a pid file whose process id is another program by now is nobody, and is left as it is', async () => {
  await using directory = await temporaryDataDir();
  const data = join(directory.path, 'postgres/data');
  await mkdir(data, { recursive: true });
  const stale = `${process.pid}\n${data}\n0\n5432\n\n127.0.0.1\n\nready\n`;
  await writeFile(join(data, 'postmaster.pid'), stale);
  await assert.rejects(findEmbeddedPostgres(directory.path), nobodyThere);
  assert.equal(await readFile(join(data, 'postmaster.pid'), 'utf8'), stale);
  // Else the directory's end would take this process for the server.
  await rm(join(data, 'postmaster.pid'));
});

test('a password that cannot be read is told, not taken for an absent hub', async () => {
  await using directory = await temporaryDataDir();
  const dataDir = directory.path;
  await using _server = await startEmbeddedPostgres({ dataDir });
  await rm(join(dataDir, 'postgres/password'));
  await assert.rejects(findEmbeddedPostgres(dataDir), {
    code: 'DATABASE_UNAVAILABLE',
    message: /password of the database .* cannot be read: .*ENOENT/,
  });
});
