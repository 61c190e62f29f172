import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Logger } from '@deskgraph/plugin-sdk';
import { createDatabase } from '../../src/database.js';
import { startEmbeddedPostgres } from '../../src/embedded/start.js';
import { exists, serverPid, temporaryDataDir } from './data-dirs.js';

/** A logger that resolves `restarted` when the supervisor says so. */
function listeningLog(): { readonly log: Logger; readonly restarted: Promise<void> } {
  let announce: () => void = () => {};
  const restarted = new Promise<void>((resolve) => {
    announce = resolve;
  });
  const quiet = () => {};
  const warn = (_fields: object, message: string) => {
    if (message.includes('started again')) announce();
  };
  return { log: { debug: quiet, info: quiet, warn, error: quiet }, restarted };
}

test('a server that is killed under a hub is started again, its pool finds it, and stop ends the new one', async () => {
  await using directory = await temporaryDataDir();
  const { log, restarted } = listeningLog();
  await using server = await startEmbeddedPostgres({ dataDir: directory.path, log });
  await using database = createDatabase({ url: server.url, schema: 'public' });
  await database.query('create table kept as select 42 as answer');
  // The supervisor's own timer holds no process up.
  const alive = setInterval(() => {}, 1_000);
  process.kill(await serverPid(directory.path), 'SIGKILL');
  await restarted.finally(() => clearInterval(alive));
  assert.deepEqual(await database.query('select answer from kept'), [{ answer: 42 }]);
  const pid = await serverPid(directory.path);
  await server.stop();
  assert.equal(exists(pid), false);
});
