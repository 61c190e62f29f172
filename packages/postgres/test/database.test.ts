import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { isDeskgraphError, type SqlDatabase } from '@deskgraph/plugin-sdk';
import { createDatabase, type DatabaseOptions } from '../src/database.js';
import { type TestDatabase, testDatabase } from '../src/testing/test-database.js';

let server: TestDatabase;
before(async () => {
  server = await testDatabase();
  await using database = open({ schema: 'public' });
  await database.query('create schema app');
  await database.query('create table app.note (id int primary key, text text not null)');
});
after(() => server[Symbol.asyncDispose]());

function open(options: Partial<DatabaseOptions> = {}): SqlDatabase & AsyncDisposable {
  return createDatabase({ url: server.url, schema: 'app', ...options });
}

/** Ends the connection that asks, as an administrator or a dying server would. */
const endOwnConnection = 'select pg_terminate_backend(pg_backend_pid())';

const unavailable = (pattern: RegExp) => (error: unknown) => {
  assert.ok(isDeskgraphError(error, 'DATABASE_UNAVAILABLE'), String(error));
  assert.match(error.message, pattern);
  return true;
};

describe('the connections of a pool', () => {
  it('all have the schema as their search path, however it is named and whatever the URL sets', async () => {
    const schema = 'Odd "name"\\ with spaces';
    await using admin = open({ schema: 'public' });
    await admin.query('create schema "Odd ""name""\\ with spaces"');
    await admin.query('create table "Odd ""name""\\ with spaces".here (n int)');
    const url = new URL(server.url);
    url.searchParams.set('options', '-c search_path=pg_catalog -c work_mem=5MB');
    await using database = open({ schema, url: url.href });
    const [row] = await database.query(
      `select to_regclass('here') is not null as found, current_setting('work_mem') as own`,
    );
    assert.deepEqual(row, { found: true, own: '5MB' });
  });

  it('end statements and forgotten transactions after a time, and prepare nothing by name', async () => {
    await using database = open({ maxConnections: 1 });
    await database.query('select * from note where id = $1', [1]);
    const [row] = await database.query(
      `select current_setting('statement_timeout') as statement,
              current_setting('idle_in_transaction_session_timeout') as idle,
              (select count(*)::int from pg_prepared_statements) as prepared`,
    );
    assert.deepEqual(row, { statement: '30s', idle: '30s', prepared: 0 });
  });

  it('are waited for no longer than told, and the message says that all are in use', async () => {
    await using database = open({ maxConnections: 1, connectTimeoutMs: 50 });
    await database.transaction(async () => {
      await assert.rejects(database.query('select 1'), unavailable(/All 1 .* schema app are in use/));
    });
    assert.deepEqual(await database.query('select 1 as one'), [{ one: 1 }]);
  });

  it('that cannot be had are reported with the reason, for a host of several addresses too', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => probe.once('listening', resolve));
    const { port } = probe.address() as { port: number };
    await new Promise((resolve) => probe.close(resolve));
    await using database = open({ url: `postgres://nobody@localhost:${port}/nothing` });
    await assert.rejects(database.query('select 1'), unavailable(/ECONNREFUSED/));
  });

  it('that the server closes while they are idle are replaced', async () => {
    await using database = open({ maxConnections: 1 });
    await using admin = open({ schema: 'public' });
    const [row] = await database.query('select pg_backend_pid() as pid');
    await admin.query('select pg_terminate_backend($1, 5000)', [row?.pid]);
    // The pool may hear of it only with the next statement.
    await database.query('select 1').catch(unavailable(/lost/));
    assert.deepEqual(await database.query('select 1 as one'), [{ one: 1 }]);
  });
});

describe('a statement', () => {
  it('that PostgreSQL refuses keeps its SQLSTATE; one that the driver cannot send is not taken for a lost server', async () => {
    await using database = open({ maxConnections: 1 });
    await assert.rejects(database.query('select * from nowhere'), { code: '42P01' });
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    await assert.rejects(database.query('select $1::jsonb', [circular]), TypeError);
    assert.deepEqual(await database.query('select 1 as one'), [{ one: 1 }]);
  });

  it('whose connection is cut rejects as unavailable, and the next one runs', async () => {
    await using database = open({ maxConnections: 1 });
    await assert.rejects(database.query(endOwnConnection), unavailable(/lost/));
    assert.deepEqual(await database.query('select 1 as one'), [{ one: 1 }]);
  });

  it('in flight while the database is disposed is cut off in the end, so that disposing always ends', async () => {
    const database = open({ maxConnections: 1 });
    let begun: () => void = () => {};
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const sleeping = database.transaction((tx) => {
      begun();
      return tx.query('select pg_sleep(60)');
    });
    const cut = assert.rejects(sleeping, unavailable(/lost/));
    await running;
    await Promise.all([database[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
    await cut;
    await assert.rejects(database.query('select 1'), unavailable(/end/));
  });
});

describe('a transaction', () => {
  it('that throws leaves nothing and gives its connection back', async () => {
    await using database = open({ maxConnections: 1 });
    const failing = database.transaction(async (tx) => {
      await tx.query(`insert into note values (10, 'draft')`);
      throw new Error('changed my mind');
    });
    await assert.rejects(failing, /changed my mind/);
    assert.deepEqual(await database.query('select * from note where id = 10'), []);
  });

  it('whose work swallows a failed statement rejects: PostgreSQL rolls it back without an error', async () => {
    await using database = open();
    const swallowing = database.transaction(async (tx) => {
      await tx.query(`insert into note values (20, 'kept?')`);
      await tx.query(`insert into note values (20, 'twice')`).catch(() => {});
      return 'acknowledged';
    });
    await assert.rejects(swallowing, { code: '23505' });
    assert.deepEqual(await database.query('select * from note where id = 20'), []);
  });

  it('whose work rolls a failed statement back to a savepoint commits', async () => {
    await using database = open();
    await database.transaction(async (tx) => {
      await tx.query(`insert into note values (30, 'kept')`);
      await tx.query('savepoint attempt');
      await tx.query(`insert into note values (30, 'twice')`).catch(() => tx.query('rollback to attempt'));
    });
    assert.deepEqual(await database.query('select text from note where id = 30'), [{ text: 'kept' }]);
  });

  it('whose connection is cut between two statements rejects, and the process lives on', async () => {
    await using database = open({ maxConnections: 1 });
    await using admin = open({ schema: 'public' });
    const cut = database.transaction(async (tx) => {
      const [row] = await tx.query('select pg_backend_pid() as pid');
      await admin.query('select pg_terminate_backend($1, 5000)', [row?.pid]);
      await tx.query(`insert into note values (40, 'late')`);
    });
    await assert.rejects(cut, unavailable(/lost/));
    assert.deepEqual(await database.query('select * from note where id = 40'), []);
  });

  it('whose connection is cut during commit says that the outcome is unknown', async () => {
    await using database = open();
    await database.query(
      `create function cut() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`,
    );
    await database.query(
      `create constraint trigger cut after insert on note deferrable initially deferred
         for each row when (new.id = 50) execute function cut()`,
    );
    const cut = database.transaction((tx) => tx.query(`insert into note values (50, 'perhaps')`));
    await assert.rejects(cut, unavailable(/unknown/));
  });

  it('refuses statements after its end, which would run in the transaction of somebody else', async () => {
    await using database = open();
    let late: () => Promise<unknown> = async () => {};
    await database.transaction(async (tx) => {
      late = () => tx.query('select 1');
    });
    await assert.rejects(late(), { code: 'INTERNAL_ERROR' });
  });
});

describe('a parameter with U+0000', () => {
  it('is the mistake of whoever sent it, and leaves the connection usable', async () => {
    await using database = open({ maxConnections: 1 });
    await assert.rejects(database.query('select * from note where text = $1', ['a\0b']), (error) =>
      isDeskgraphError(error, 'BAD_USER_INPUT'),
    );
    assert.deepEqual(await database.query('select * from note where text = $1', ['ab']), []);
  });
});
