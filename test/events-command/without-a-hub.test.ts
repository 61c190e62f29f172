import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { testDatabase } from '@deskgraph/postgres/testing';
import { ConsumingHub } from '../hub-process/consuming-hub.js';
import { temporaryDataDir } from '../hub-process/hub-process.js';
import { runCommand } from '../hub-process/run-command.js';
import { orderPaid, Shop } from '../hub-process/shop.js';

it('where no hub runs, a command says so and makes nothing', async () => {
  await using directory = await temporaryDataDir();
  const config = join(directory.path, 'hub.yaml');
  const dataDir = join(directory.path, 'data');
  await writeFile(config, JSON.stringify({ dataDir }));
  for (const command of ['list', 'tail', 'groups', 'dead-letters']) {
    const { code, stdout, stderr } = await runCommand(['events', command, '-c', config]);
    assert.deepEqual([code, stdout], [1, ''], command);
    assert.match(stderr, /^No hub runs on .*\. Start one with "npm start".*\n\(DATABASE_UNAVAILABLE\)\n$/);
  }
  assert.equal(existsSync(dataDir), false);
});

it('what is half said is refused before any hub is looked for', async () => {
  const cases = [
    ['replay'],
    ['replay', '--since', '1h'],
    ['replay', '--group', 'points'],
    ['replay', '--dead-letters', '--group', 'points', '--since', '1h'],
    ['discard'],
  ];
  for (const given of cases) {
    const { code, stderr } = await runCommand(['events', ...given]);
    assert.deepEqual([code, stderr.endsWith('(BAD_USER_INPUT)\n')], [1, true], stderr);
  }
});

it('on a database that no hub ever used, a command says so and makes no tables', async () => {
  await using database = await testDatabase();
  await using directory = await temporaryDataDir();
  const config = join(directory.path, 'hub.yaml');
  await writeFile(config, JSON.stringify({ dataDir: directory.path, databaseUrl: database.url }));
  for (const command of ['list', 'groups']) {
    const { code, stderr } = await runCommand(['events', command, '-c', config]);
    assert.equal(code, 1);
    assert.match(stderr, /^No hub has used this database yet.*\n\(DATABASE_UNAVAILABLE\)\n$/);
  }
});

it('while the hub is away, its events are there, replay does not wait for it, and it handles them when it is back', async () => {
  await using database = await testDatabase();
  await using hub = await ConsumingHub.start({ databaseUrl: database.url });
  const events = (...args: readonly string[]) => runCommand(['events', ...args, '-c', hub.config]);
  const shop = new Shop(hub.url, hub.secret);
  for (const subject of ['w-1', 'w-2']) await shop.post(orderPaid(subject));
  for (const subject of ['w-1', 'w-2']) await hub.untilHandled('points', subject);
  await hub.stop();
  assert.equal((await events('list')).stdout.trimEnd().split('\n').length, 2);
  const replayed = await events('replay', '--group', 'points', '--since', '1h');
  assert.equal(replayed.code, 0);
  assert.match(
    replayed.stdout,
    /^Group points handles 2 events .*\nNo process consumes them now; they are handled once a hub runs\.\n$/,
  );
  await hub.restart();
  for (const subject of ['w-1', 'w-2']) await hub.untilHandled('points', subject);
  assert.deepEqual(await hub.handledBy('ledger'), []);
});
