import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { describe, it } from 'node:test';
import { createEvent } from '@deskgraph/events';
import { DeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import { testDatabase } from '@deskgraph/postgres/testing';
import { meterEvents } from '../../src/hub/meter-events.js';
import { openEvents } from '../../src/hub/open-events.js';
import { Metrics } from '../../src/metrics/metrics.js';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const paid = (subject: string) =>
  createEvent({ type: 'order.paid', topic: 'orders', source: '/test', subject, data: {} });

/** The hub's events with their metrics. */
async function metered(databaseUrl: string, log: Logger = silent) {
  const { registry } = new Metrics();
  const events = meterEvents(await openEvents({}, databaseUrl, log), { registry, databaseUrl, log });
  const scrape = async () => {
    const lines = (await registry.metrics()).split('\n').filter((line) => !line.startsWith('#'));
    return new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
    );
  };
  return { events, scrape, [Symbol.asyncDispose]: () => events[Symbol.asyncDispose]() };
}

describe('the metrics of events', () => {
  it('show what a group has done, has before it and has put aside', async () => {
    await using database = await testDatabase();
    await using running = await metered(database.url);
    const { events, scrape } = running;
    const seen = new EventEmitter();
    let free = () => {};
    await events.bus.consume('ledger', ['order.paid'], async ({ subject }) => {
      seen.emit(subject as string);
      if (subject === 'poison') throw new DeskgraphError('BAD_USER_INPUT', 'no');
      if (subject === 'slow')
        await new Promise<void>((resolve) => {
          free = resolve;
        });
    });
    const slow = once(seen, 'slow');
    await events.outbox.store([paid('poison'), paid('fine'), paid('slow')]);
    await slow;
    // The others are keys of their own and may be on their way still; the dead letter is written before it is counted.
    const administration = events.bus.administration;
    while ((await administration?.deadLetters())?.length === 0);
    const found = await scrape();
    assert.equal(found.get('deskgraph_bus_dead_letters{group="ledger"}'), 1);
    assert.equal(found.get('deskgraph_bus_group_members{group="ledger"}'), 1);
    const lag = found.get('deskgraph_bus_group_lag{group="ledger"}') ?? 0;
    assert.ok(lag >= 1 && lag <= 3, String(lag));
    assert.ok((found.get('deskgraph_bus_group_lag_seconds{group="ledger"}') ?? 0) > 0);
    assert.equal(found.get('deskgraph_events_handled_total{group="ledger",outcome="BAD_USER_INPUT"}'), 1);
    assert.equal(found.get('deskgraph_events_handled_total{group="ledger",outcome="ok"}'), 1);
    assert.equal(found.get('deskgraph_events_published_total'), 3);
    assert.equal(found.get('deskgraph_outbox_unpublished'), 0);
    assert.equal(found.get('deskgraph_outbox_oldest_seconds'), 0);
    free();
  });

  it('count handlers that answer at once or throw', async () => {
    await using database = await testDatabase();
    await using running = await metered(database.url);
    const { events, scrape } = running;
    const done = new EventEmitter();
    await events.bus.consume('quick', ['order.paid'], ({ subject }) => {
      setImmediate(() => done.emit(subject as string));
      if (subject === 'throws') throw new DeskgraphError('BAD_USER_INPUT', 'no');
    });
    const both = Promise.all([once(done, 'returns'), once(done, 'throws')]);
    await events.outbox.store([paid('returns'), paid('throws')]);
    await both;
    const found = await scrape();
    assert.equal(found.get('deskgraph_events_handled_total{group="quick",outcome="ok"}'), 1);
    assert.equal(found.get('deskgraph_events_handled_total{group="quick",outcome="BAD_USER_INPUT"}'), 1);
  });

  it('are absent while the database is away, and cost the other metrics nothing', async () => {
    const database = await testDatabase();
    const warnings: string[] = [];
    const log = { ...silent, warn: (_: object, message: string) => void warnings.push(message) };
    await using running = await metered(database.url, log);
    const { scrape } = running;
    await database[Symbol.asyncDispose]();
    const found = await scrape();
    assert.ok(found.has('process_cpu_user_seconds_total'));
    const absent = [...found.keys()].filter((name) => /^deskgraph_(bus|outbox)/.test(name));
    assert.deepEqual(absent, []);
    assert.deepEqual(warnings.filter((message) => message.includes('could not be asked')).sort(), [
      'the bus could not be asked how its groups stand',
      'the outbox could not be asked how it stands',
    ]);
  });
});
