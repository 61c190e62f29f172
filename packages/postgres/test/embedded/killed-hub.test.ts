import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createDatabase } from '../../src/database.js';
import { startEmbeddedPostgres } from '../../src/embedded/start.js';
import { exists, serverPid, type TemporaryDataDir, temporaryDataDir } from './data-dirs.js';
import type { HubMessage } from './hub-process.js';

const program = fileURLToPath(new URL('./hub-process.js', import.meta.url));

let directory: TemporaryDataDir;
let dataDir: string;
before(async () => {
  directory = await temporaryDataDir();
  dataDir = directory.path;
});
after(() => directory[Symbol.asyncDispose]());

interface KilledHub {
  readonly origin: string;
  /** The last write it was told is durable. */
  readonly acknowledged: number;
}

/** Runs a hub that writes without pause, and kills it after so many acknowledged writes. */
async function killHubAfter(writes: number): Promise<KilledHub> {
  const child = fork(program, [dataDir], { stdio: 'inherit' });
  const seen = { origin: '', acknowledged: 0 };
  child.on('message', (message: HubMessage) => {
    Object.assign(seen, message);
    if (seen.acknowledged >= writes) child.kill('SIGKILL');
  });
  await endOf(child);
  return seen;
}

async function endOf(child: ChildProcess): Promise<void> {
  const [, signal] = await once(child, 'close');
  assert.equal(signal, 'SIGKILL', 'the hub ended by itself');
}

/** Ends the server as a power cut would, with everything it runs. */
async function killServer(): Promise<void> {
  const pid = await serverPid(dataDir);
  process.kill(pid, 'SIGKILL');
  while (exists(pid)) await new Promise(setImmediate);
}

async function writtenIn(url: string): Promise<number> {
  await using database = createDatabase({ url, schema: 'public' });
  const [row] = await database.query<{ n: number }>('select count(*)::int as n from written');
  return row?.n ?? 0;
}

test('a hub killed while it starts, at any moment, leaves something that the next start makes good', async () => {
  for (const afterMs of [60, 150, 300, 450, 600, 800]) {
    const child = fork(program, [dataDir], { stdio: 'inherit' });
    setTimeout(() => child.kill('SIGKILL'), afterMs);
    await endOf(child);
  }
  await using server = await startEmbeddedPostgres({ dataDir });
  await using database = createDatabase({ url: server.url, schema: 'public' });
  assert.deepEqual(await database.query('select 1 as one'), [{ one: 1 }]);
});

test('the next start adopts the server of a killed hub, no acknowledged write is lost, and stop ends it', async () => {
  const killed = await killHubAfter(200);
  const pid = await serverPid(dataDir);
  assert.ok(exists(pid), 'the server outlives its hub');
  await using server = await startEmbeddedPostgres({ dataDir });
  assert.equal(server.origin, 'adopted');
  assert.equal(await serverPid(dataDir), pid);
  assert.ok((await writtenIn(server.url)) >= killed.acknowledged);
  await server.stop();
  assert.equal(exists(pid), false);
});

test('hub and server killed at once: the stale pid file is passed over and no acknowledged write is lost', async () => {
  const killed = await killHubAfter(200);
  await killServer();
  await using server = await startEmbeddedPostgres({ dataDir });
  assert.equal(server.origin, 'started');
  assert.ok((await writtenIn(server.url)) >= killed.acknowledged);
});

test('a pid file whose pid is another program by now: that program is left alone', async () => {
  const killed = await killHubAfter(1);
  await killServer();
  const file = join(dataDir, 'postgres/data/postmaster.pid');
  const bystander = fork(fileURLToPath(new URL('./bystander.js', import.meta.url)), [
    'postgres',
    '-D',
    dataDir,
  ]);
  await using _bystander = { [Symbol.asyncDispose]: () => kill([bystander]) };
  await once(bystander, 'message');
  const [, ...rest] = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, [bystander.pid, ...rest].join('\n'));
  await using server = await startEmbeddedPostgres({ dataDir });
  assert.equal(server.origin, 'started');
  assert.ok((await writtenIn(server.url)) >= killed.acknowledged);
  await server.stop();
  assert.ok(exists(bystander.pid as number), 'stop ended a program that is not the server');
});

test('an empty pid file, as a power cut leaves it, is passed over', async () => {
  await killHubAfter(1);
  await killServer();
  await writeFile(join(dataDir, 'postgres/data/postmaster.pid'), '');
  await using server = await startEmbeddedPostgres({ dataDir });
  assert.equal(server.origin, 'started');
});

test('of hubs that start at once on the remains of a killed one, exactly one gets the data directory', async () => {
  await killHubAfter(1);
  const children = Array.from({ length: 4 }, () =>
    fork(program, [dataDir], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }),
  );
  await using _children = { [Symbol.asyncDispose]: () => kill(children) };
  const outcomes = await Promise.all(children.map(outcomeOf));
  assert.equal(outcomes.filter((outcome) => outcome === 'won').length, 1, outcomes.join('\n'));
  for (const outcome of outcomes) if (outcome !== 'won') assert.match(outcome, /DATA_DIR_IN_USE/);
});

async function kill(children: readonly ChildProcess[]): Promise<void> {
  const running = children.filter((child) => child.exitCode === null && child.signalCode === null);
  const ended = running.map((child) => once(child, 'close'));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(ended);
}

/** `won`, or what the process said before it ended. */
function outcomeOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    child.once('message', () => resolve('won'));
    child.once('close', () => resolve(said));
  });
}
