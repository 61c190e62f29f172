import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ErrorCode, isDeskgraphError } from '@deskgraph/plugin-sdk';
import { migrate } from '../../src/migrations/migrate.js';
import { withConnection } from '../../src/single-connection.js';
import { type TestDatabase, testDatabase } from '../../src/testing/test-database.js';
import { MigrationFolder } from './migration-folder.js';

let server: TestDatabase;
let schema: string;
let schemas = 0;
before(async () => {
  server = await testDatabase();
});
after(() => server[Symbol.asyncDispose]());

/** Migrates a schema of the test's own. */
const run = (folder: MigrationFolder, demo?: string) =>
  migrate({ url: server.url, schema, directory: folder.path, ...(demo === undefined ? {} : { demo }) });

const freshSchema = () => {
  schema = `plugin_${++schemas}`;
};

async function values(sql: string): Promise<unknown[]> {
  return withConnection(
    server.url,
    async (client) => (await client.query({ text: sql, rowMode: 'array' })).rows.flat(),
    schema,
  );
}

const rejectsWith = (migration: Promise<unknown>, code: ErrorCode, ...patterns: RegExp[]) =>
  assert.rejects(migration, (error: unknown) => {
    assert.ok(isDeskgraphError(error, code), String(error));
    for (const pattern of patterns) assert.match(error.message, pattern);
    return true;
  });

const createLog = 'create table log (n int);';
const insert = (n: number) => `insert into log values (${n});`;

describe('migrations', () => {
  it('run in order in the schema, once', async () => {
    freshSchema();
    await using folder = await MigrationFolder.with({
      '0002-b.sql': insert(2),
      '0001-a.sql': createLog,
      'README.md': '',
    });
    assert.deepEqual(await run(folder), ['0001-a.sql', '0002-b.sql']);
    assert.deepEqual(await run(folder), []);
    await folder.write('0003-c.sql', insert(3));
    assert.deepEqual(await run(folder), ['0003-c.sql']);
    assert.deepEqual(await values(`select n from ${schema}.log order by n`), [2, 3]);
  });

  it('of several processes at once run once each, and all of them see everything done', async () => {
    freshSchema();
    await using folder = await MigrationFolder.with({
      '0001-a.sql': createLog,
      '0002-b.sql': insert(2),
      '0003-c.sql': insert(3),
    });
    const demo = await folder.write('demo.txt', insert(4));
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const applied = await run(folder, demo);
        return { applied, seen: await values('select n from log where n < 4 order by n') };
      }),
    );
    assert.deepEqual(outcomes.flatMap(({ applied }) => applied).sort(), [
      '0001-a.sql',
      '0002-b.sql',
      '0003-c.sql',
    ]);
    for (const { seen } of outcomes) assert.deepEqual(seen, [2, 3]);
    assert.deepEqual(await values('select n from log order by n'), [2, 3, 4]);
  });

  it('that fail are rolled back whole and named with the line; the ones before stay', async () => {
    freshSchema();
    const broken = `insert into log values (2); -- 客户 😀😀😀\n\ninsert into log values (oops);\n`;
    await using folder = await MigrationFolder.with({ '0001-a.sql': createLog, '0002-b.sql': broken });
    await rejectsWith(run(folder), 'MIGRATION_FAILED', /0002-b\.sql:3: column "oops" does not exist/);
    assert.deepEqual(await values('select n from log'), []);
    await folder.write('0002-b.sql', insert(2));
    assert.deepEqual(await run(folder), ['0002-b.sql']);
  });

  it('that fail on data name the file and what PostgreSQL knows, and guess no line', async () => {
    freshSchema();
    const broken =
      'create table t (id int primary key);\ninsert into t values (1);\ninsert into t values (1);';
    await using folder = await MigrationFolder.with({ '0001-a.sql': broken });
    await rejectsWith(
      run(folder),
      'MIGRATION_FAILED',
      /0001-a\.sql: duplicate key .*Key \(id\)=\(1\) already exists/,
    );
  });

  it('must not end their transaction, which would leave half a file behind', async () => {
    freshSchema();
    await using folder = await MigrationFolder.with({ '0001-a.sql': `${createLog} commit; ${insert(1)}` });
    await rejectsWith(run(folder), 'MIGRATION_FAILED', /0001-a\.sql: it must not begin or end transactions/);
  });

  it('may change the search path, as files of pg_dump do, and the next still finds the schema', async () => {
    freshSchema();
    const dumped = `select pg_catalog.set_config('search_path', '', false); create table ${schema}.log (n int);`;
    await using folder = await MigrationFolder.with({ '0001-a.sql': dumped, '0002-b.sql': insert(2) });
    assert.deepEqual(await run(folder), ['0001-a.sql', '0002-b.sql']);
    assert.deepEqual(await values(`select n from ${schema}.log`), [2]);
  });

  it('whose connection is lost are rolled back and can be tried again', async () => {
    freshSchema();
    await using folder = await MigrationFolder.with({
      '0001-a.sql': `${createLog} select pg_terminate_backend(pg_backend_pid());`,
    });
    await rejectsWith(run(folder), 'DATABASE_UNAVAILABLE', /terminating connection/);
    await folder.write('0001-a.sql', createLog);
    assert.deepEqual(await run(folder), ['0001-a.sql']);
  });
});

describe('files that were applied', () => {
  it('and changed, or are gone, are all named and nothing more is applied', async () => {
    freshSchema();
    await using folder = await MigrationFolder.with({ '0001-a.sql': createLog, '0002-b.sql': insert(2) });
    await run(folder);
    await folder.write('0001-a.sql', `${createLog} -- better`);
    await folder.remove('0002-b.sql');
    await folder.write('0002-renamed.sql', insert(2));
    await folder.write('0003-c.sql', insert(3));
    await rejectsWith(
      run(folder),
      'MIGRATION_CHANGED',
      /0001-a\.sql was applied and has changed/,
      /0002-b\.sql was applied and is no longer in/,
    );
    assert.deepEqual(await values('select n from log'), [2]);
  });

  it('are the same with other line ends and a byte order mark, which a checkout may add', async () => {
    freshSchema();
    await using folder = await MigrationFolder.with({ '0001-a.sql': 'create table log\n(n int);\n' });
    await run(folder);
    await folder.write('0001-a.sql', '\uFEFFcreate table log\r\n(n int);\r\n');
    assert.deepEqual(await run(folder), []);
  });

  it('by a newer version that rolls out beside this one are left alone', async () => {
    freshSchema();
    await using folder = await MigrationFolder.with({ '0001-a.sql': createLog, '0002-b.sql': insert(2) });
    await run(folder);
    await folder.remove('0002-b.sql');
    assert.deepEqual(await run(folder), []);
  });
});

describe('file names', () => {
  it('with gaps, repeats or no number are refused, all at once, before anything runs', async () => {
    freshSchema();
    await using folder = await MigrationFolder.with({
      '0001-a.sql': createLog,
      '0003-c.sql': '',
      '0003-d.sql': '',
      '0005-e.sql': '',
    });
    await rejectsWith(
      run(folder),
      'MIGRATION_FAILED',
      /0003-d\.sql repeats a number\. 0002 is missing\. 0004 is missing\./,
    );
    await folder.write('1-first.sql', '');
    await rejectsWith(run(folder), 'MIGRATION_FAILED', /1-first\.sql has no such name/);
    await rejectsWith(
      migrate({ url: server.url, schema, directory: `${folder.path}/nowhere` }),
      'MIGRATION_FAILED',
      /nowhere/,
    );
    assert.deepEqual(await values(`select to_regnamespace('${schema}')`), [null]);
  });
});

describe('demonstration data', () => {
  it('is loaded once, into a schema that this start made', async () => {
    freshSchema();
    await using folder = await MigrationFolder.with({ '0001-a.sql': createLog });
    const demo = await folder.write('demo.txt', insert(1));
    await run(folder, demo);
    await folder.write('0002-b.sql', insert(2));
    await run(folder, demo);
    assert.deepEqual(await values('select n from log order by n'), [1, 2]);
  });

  it('is not loaded into a schema that began without it', async () => {
    freshSchema();
    await using folder = await MigrationFolder.with({ '0001-a.sql': createLog });
    await run(folder);
    await run(folder, await folder.write('demo.txt', insert(1)));
    assert.deepEqual(await values('select n from log'), []);
  });

  it('that did not make it in, because the first start was killed or it was wrong, is loaded by the next', async () => {
    freshSchema();
    await using folder = await MigrationFolder.with({ '0001-a.sql': createLog });
    const demo = await folder.write('demo.txt', `${insert(1)} insert into nowhere values (1);`);
    await rejectsWith(
      run(folder, demo),
      'MIGRATION_FAILED',
      /demo\.txt:1: relation "nowhere" does not exist/,
    );
    await folder.write('demo.txt', insert(1));
    await run(folder, demo);
    assert.deepEqual(await values('select n from log'), [1]);
  });
});
