import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { useExternalPostgres } from '../src/external.js';
import { withConnection } from '../src/single-connection.js';
import { testDatabase } from '../src/testing/test-database.js';

test("the operator's server is used as it is, and left running", async () => {
  await using database = await testDatabase();
  const server = await useExternalPostgres(database.url);
  assert.equal(server.kind, 'external');
  assert.equal(server.origin, 'given');
  assert.match(server.version, /^\d+\.\d+/);
  await server.stop();
  await withConnection(server.url, (client) => client.query('select 1'));
});

test('a database that is not UTF-8 is refused, because customers write in all scripts', async () => {
  await using database = await testDatabase();
  const name = `${new URL(database.url).pathname.slice(1)}_latin`;
  const url = new URL(database.url);
  url.pathname = `/${name}`;
  await withConnection(database.url, async (client) => {
    await client.query(
      `create database ${name} template template0 encoding 'LATIN1' locale 'C' locale_provider libc`,
    );
    try {
      await assert.rejects(useExternalPostgres(url.href), (error: unknown) => {
        assert.ok(isDeskgraphError(error, 'DATABASE_UNAVAILABLE'));
        assert.match(error.message, /encoding is LATIN1; UTF8 is needed/);
        return true;
      });
    } finally {
      await client.query(`drop database ${name}`);
    }
  });
});

test('a server that refuses is named with the reason and without the password', async () => {
  await using database = await testDatabase();
  const url = new URL(database.url);
  url.password = 'top-secret';
  for (const wrong of [url.href, 'postgres://user:top-secret@not a host/x']) {
    await assert.rejects(useExternalPostgres(wrong), (error: unknown) => {
      assert.ok(isDeskgraphError(error, 'DATABASE_UNAVAILABLE'));
      assert.match(error.message, /DATABASE_URL \(.+\) cannot be used: .+\. Correct it/);
      assert.doesNotMatch(error.message, /top-secret/);
      return true;
    });
  }
});
