import assert from 'node:assert/strict';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { startEmbeddedPostgres } from '../../src/embedded/start.js';
import { exists, serverPid, temporaryDataDir } from './data-dirs.js';
import { firstValue } from './first-value.js';

test('a first start, after one killed half way, makes a database that only its password opens', async () => {
  await using directory = await temporaryDataDir();
  const dataDir = directory.path;
  const remnant = join(dataDir, 'postgres/data.partial-0000');
  await mkdir(remnant, { recursive: true });
  await writeFile(join(remnant, 'PG_VERSION'), '18\n');
  await using server = await startEmbeddedPostgres({ dataDir });
  const pid = await serverPid(dataDir);
  assert.equal(server.origin, 'started');
  assert.equal(await firstValue(server.url, 'select current_database()'), 'deskgraph');
  assert.equal(await firstValue(server.url, `select current_setting('fsync')`), 'on');
  assert.equal(await firstValue(server.url, `select current_setting('listen_addresses')`), '127.0.0.1');
  const passwordFile = join(dataDir, 'postgres/password');
  assert.equal((await stat(passwordFile)).mode & 0o777, 0o600);
  assert.ok(server.url.includes(await readFile(passwordFile, 'utf8')));
  const wrong = new URL(server.url);
  wrong.password = 'guess';
  await assert.rejects(firstValue(wrong.href, 'select 1'), { code: '28P01' });
  await assert.rejects(stat(remnant), { code: 'ENOENT' });
  await Promise.all([server.stop(), server.stop()]);
  assert.equal(exists(pid), false);
});

test('the locale does not depend on the shell: Chinese is searchable under LANG=C, an unknown locale is no failure', async (t) => {
  await using directory = await temporaryDataDir();
  const dataDir = directory.path;
  const before = { ...process.env };
  t.after(() => {
    process.env = before;
  });
  Object.assign(process.env, { LANG: 'C', LC_ALL: 'xx_YY.UTF-8', PGSSLMODE: 'require' });
  await using server = await startEmbeddedPostgres({ dataDir });
  await firstValue(server.url, 'create extension pg_trgm');
  assert.ok(Number(await firstValue(server.url, `select similarity('订单已付款', '订单未付款')`)) > 0.1);
  assert.equal(await firstValue(server.url, `select lower('ÀÉ')`), 'àé');
});

test('data of another major version is left alone, and the message names both', async () => {
  await using directory = await temporaryDataDir();
  const dataDir = directory.path;
  await mkdir(join(dataDir, 'postgres/data'), { recursive: true });
  await writeFile(join(dataDir, 'postgres/data/PG_VERSION'), '9\n');
  await assert.rejects(startEmbeddedPostgres({ dataDir }), (error: unknown) => {
    assert.ok(isDeskgraphError(error, 'DATABASE_UNAVAILABLE'));
    assert.match(error.message, /PostgreSQL 9, but .* is version 18/);
    return true;
  });
});
