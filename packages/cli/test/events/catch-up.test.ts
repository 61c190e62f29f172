import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { describe, it } from 'node:test';
import { createEvent } from '@deskgraph/events';
import { OutboxReader, PostgresBus } from '@deskgraph/events/postgres';
import { createDatabase } from '@deskgraph/postgres';
import { testDatabase } from '@deskgraph/postgres/testing';
import { catchUp } from '../../src/events/catch-up.js';

const event = () => createEvent({ type: 'order.paid', topic: 'orders', source: '/test', data: {} });

/** A bus, its outbox, and the questions of a wait for the group `ledger`. */
async function scene() {
  const database = await testDatabase();
  const bus = await PostgresBus.open({ databaseUrl: database.url });
  const outbox = new OutboxReader(database.url);
  const asked = new EventEmitter();
  const seen: [done: number, total: number][] = [];
  const progress = {
    update(done: number, total: number) {
      seen.push([done, total]);
      asked.emit('update');
    },
    stop() {},
  };
  const wait = (timeoutMs = 30_000) =>
    catchUp({ administration: bus.administration, outbox, groups: new Set(['ledger']), progress, timeoutMs });
  return {
    url: database.url,
    bus,
    asked,
    seen,
    wait,
    async [Symbol.asyncDispose]() {
      await bus.close();
      await outbox[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

describe('waiting until a group has handled what it was given', () => {
  it('ends although the hub is never without lag', async () => {
    await using scenes = await scene();
    const { bus, wait, seen } = scenes;
    let busy = true;
    // Each event is followed by another before it is finished: there is always one to do.
    await bus.consume('ledger', ['order.paid'], async () => {
      if (busy) await bus.store([event()]);
    });
    await bus.publish([event()]);
    assert.equal(await wait(), 'finished');
    busy = false;
    const [done, total] = seen.at(-1) as [number, number];
    assert.equal(done, total);
  });

  it('does not end while what was stored is not on the bus yet', async () => {
    await using scenes = await scene();
    const { bus, wait, asked, url } = scenes;
    const handled = new EventEmitter();
    await bus.consume('ledger', ['order.paid'], () => void handled.emit('event'));
    await using other = createDatabase({ url, schema: 'deskgraph_events' });
    let ended = false;
    const first = once(handled, 'event');
    const waiting = await other.transaction(async (tx) => {
      // Holds every relay off.
      await tx.query('select from head for update');
      await bus.store([event()]);
      const begun = wait().finally(() => {
        ended = true;
      });
      for (let asks = 0; asks < 3; asks++) await once(asked, 'update');
      assert.equal(ended, false);
      return { begun };
    });
    assert.equal(await waiting.begun, 'finished');
    await first;
  });

  it('ends when nobody consumes', async () => {
    await using scenes = await scene();
    const { bus, wait } = scenes;
    const consumer = await bus.consume('ledger', ['order.paid'], () => {});
    await consumer.stop();
    await bus.publish([event()]);
    assert.equal(await wait(), 'nobody');
  });

  it('ends when it takes too long, and has told how far it came', async () => {
    await using scenes = await scene();
    const { bus, wait, seen } = scenes;
    await bus.consume('ledger', ['order.paid'], (_, { signal }) => once(signal, 'abort').then(() => {}));
    await bus.publish([event()]);
    assert.equal(await wait(300), 'late');
    assert.deepEqual(seen.at(-1), [0, 1]);
  });
});
