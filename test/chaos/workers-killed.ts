import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createEvent } from '@deskgraph/events';
import { migrateEvents, OutboxWriter } from '@deskgraph/events/postgres';
import { startRedisServer } from '@deskgraph/events/testing';
import type { SqlDatabase } from '@deskgraph/plugin-sdk';
import { createDatabase } from '@deskgraph/postgres';
import { testDatabase } from '@deskgraph/postgres/testing';
import type { Random } from './random.js';
import { compare, sum, type Tally } from './tally.js';
import { untilReached } from './until.js';

/** How the workers are treated. */
export interface WorkersScenario {
  readonly random: Random;
  /** Of each kind. */
  readonly kills: number;
  readonly bus: 'redis' | 'postgres';
  readonly eventsPerSecond: number;
}

const keys = 20;
const betweenKillsMs = 700;
const stalledMs = 45_000;
const program = fileURLToPath(new URL('./worker-program.js', import.meta.url));

/**
 * Facts are written with their events at a steady rate while relays, consumers and Redis are killed with SIGKILL, in
 * processes of their own. Every fact must take effect once, in the order of its key.
 */
export async function workersKilled({
  random,
  kills,
  bus,
  eventsPerSecond,
}: WorkersScenario): Promise<Tally> {
  await using server = await testDatabase();
  await using redis = bus === 'redis' ? await startRedisServer() : null;
  await migrateEvents(server.url);
  await using database = createDatabase({ url: server.url, schema: 'chaos' });
  await prepare(database);
  const kinds = bus === 'redis' ? (['relay', 'consumer'] as const) : (['consumer'] as const);
  const workers = await Promise.all(
    [...kinds, ...kinds].map((kind) => Worker.start(kind, [server.url, redis?.url ?? ''])),
  );
  try {
    const begun = performance.now();
    const writing = new Writing(database, eventsPerSecond);
    const targets = [...kinds, ...(redis === null ? [] : (['redis'] as const))];
    for (const target of random.shuffled(targets.flatMap((name) => Array<typeof name>(kills).fill(name)))) {
      await new Promise((resolve) => setTimeout(resolve, betweenKillsMs * (0.5 + random.next())));
      if (target === 'redis') await redis?.restart();
      else await random.pick(workers.filter(({ kind }) => kind === target)).killAndRestart();
    }
    const seconds = (performance.now() - begun) / 1000;
    const sent = await writing.stop();
    const effects = async () => Number((await database.query('select count(*) from effect'))[0]?.count);
    await untilReached(effects, sent.length, stalledMs);
    return {
      scenario: `workers on ${bus}`,
      kills: targets.map((name) => `${kills} ${name}`).join(', '),
      sent: sent.length,
      seconds,
      receivers: 1,
      ...(await judge(database, sent)),
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
  }
}

async function prepare(database: SqlDatabase): Promise<void> {
  await database.query('create schema chaos');
  await database.query('create table fact (key text primary key, count int not null default 0)');
  await database.query(
    'create table effect (id bigint generated always as identity primary key, counted text)',
  );
  await database.query(`insert into fact select 'key ' || n from generate_series(0, ${keys - 1}) as n`);
}

/** Order counts within a key. */
async function judge(database: SqlDatabase, sent: readonly string[]) {
  const rows = await database.query<{ counted: string }>('select counted from effect order by id');
  const keyOf = (fact: string) => fact.slice(0, fact.indexOf(':'));
  const ofKey = (facts: readonly string[], key: string) => facts.filter((fact) => keyOf(fact) === key);
  const effects = rows.map(({ counted }) => counted);
  return sum([...new Set(sent.map(keyOf))].map((key) => compare(ofKey(sent, key), ofKey(effects, key))));
}

/** Facts, one transaction each, at a steady rate; several at a time, so that commits overlap. */
class Writing {
  readonly #sent: string[] = [];
  readonly #done: Promise<void>;
  #stopped = false;

  constructor(
    private readonly database: SqlDatabase,
    private readonly perSecond: number,
  ) {
    this.#done = this.#write();
  }

  /** What was committed, in the order of each key. */
  async stop(): Promise<readonly string[]> {
    this.#stopped = true;
    await this.#done;
    return this.#sent;
  }

  async #write(): Promise<void> {
    const begun = performance.now();
    const writing: Promise<void>[] = [];
    while (!this.#stopped) {
      const due = ((performance.now() - begun) / 1000) * this.perSecond;
      while (writing.length < due) writing.push(this.#writeOne(`key ${writing.length % keys}`));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await Promise.all(writing);
  }

  async #writeOne(key: string): Promise<void> {
    const outbox = new OutboxWriter(this.database, () => {});
    const fact = await this.database.transaction(async (tx) => {
      const [row] = await tx.query('update fact set count = count + 1 where key = $1 returning count', [key]);
      const subject = `${key}:${row?.count}`;
      const event = createEvent({
        type: 'chaos.counted',
        source: '/chaos',
        topic: 'chaos',
        subject,
        data: {},
        partitionkey: key,
      });
      await outbox.append(tx, [event]);
      return subject;
    });
    this.#sent.push(fact);
  }
}

/** One of the processes that are killed. */
class Worker {
  private constructor(
    readonly kind: 'relay' | 'consumer',
    private readonly args: readonly string[],
    private child: ChildProcess,
  ) {}

  static async start(kind: Worker['kind'], args: readonly string[]): Promise<Worker> {
    return new Worker(kind, args, await launch(kind, args));
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  /** Does not wait until the new one is ready: others are killed meanwhile. */
  async killAndRestart(): Promise<void> {
    await this.kill();
    this.child = fork(program, [this.kind, ...this.args]);
  }
}

async function launch(kind: string, args: readonly string[]): Promise<ChildProcess> {
  const child = fork(program, [kind, ...args]);
  await once(child, 'message');
  return child;
}
