import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { withConnection } from '../src/single-connection.js';
import { testDatabase } from '../src/testing/test-database.js';

const given = process.env.DESKGRAPH_TEST_POSTGRES_URL;
before(() => {
  delete process.env.DESKGRAPH_TEST_POSTGRES_URL;
});
after(() => {
  if (given !== undefined) process.env.DESKGRAPH_TEST_POSTGRES_URL = given;
});

test('without a shared server one is started for all, and stopped with the last database', async () => {
  const [first, second] = await Promise.all([testDatabase(), testDatabase()]);
  assert.equal(new URL(first.url).host, new URL(second.url).host);
  assert.notEqual(first.url, second.url);
  await withConnection(first.url, (client) => client.query('create table here (n int)'));
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  const { rows } = await withConnection(second.url, (client) =>
    client.query(`select to_regclass('here') as here`),
  );
  assert.deepEqual(rows, [{ here: null }]);
  await second[Symbol.asyncDispose]();
  await assert.rejects(
    withConnection(second.url, (client) => client.query('select 1')),
    { code: 'ECONNREFUSED' },
  );
});

test('a database is dropped although somebody is still connected to it', async () => {
  const database = await testDatabase();
  await withConnection(database.url, async () => database[Symbol.asyncDispose]());
});
