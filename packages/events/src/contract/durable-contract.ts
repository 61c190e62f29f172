import assert from 'node:assert/strict';
import { DeskgraphError, isDeskgraphError } from '@deskgraph/plugin-sdk';
import type { BusAdministration, ConsumeOptions, EventBus } from '../event-bus.js';
import { type Cases, Received, type Scene, Signal } from './scene.js';

/** Quick, so that tests are. */
const quick: ConsumeOptions = { firstBackoffMs: 5, longestBackoffMs: 20, maxDeliveries: 3 };

const administrationOf = (bus: EventBus): BusAdministration => bus.administration as BusAdministration;

/** Resolves when the group has nothing left to handle. */
async function idle({ bus, group }: Scene): Promise<void> {
  for (;;) {
    const state = (await administrationOf(bus).groups()).find((found) => found.group === group);
    if (state !== undefined && state.lag === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What `consume` promises where events are kept (schema/EVENTS.md, section 4). */
export const durableContract: Cases = {
  'what a group did not hear while nobody consumed, it hears later': async ({ bus, type, group, event }) => {
    const first = await bus.consume(group, [type], () => {});
    await first.stop();
    await bus.publish([event(1), event(2)]);
    const later = new Received(2);
    await bus.consume(group, [type], later.handler);
    await later.complete.promise;
    assert.deepEqual(later.data, [1, 2]);
  },

  'a handler that fails is called again, and its key waits for it': async ({ bus, type, group, event }) => {
    const deliveries: [unknown, number][] = [];
    const done = new Signal();
    await bus.consume(
      group,
      [type],
      ({ data }, { delivery }) => {
        deliveries.push([data, delivery]);
        if (data === 1 && delivery < 3) throw new Error('not yet');
        if (data === 2) done.send();
      },
      quick,
    );
    await bus.publish([event(1), event(2)]);
    await done.promise;
    assert.deepEqual(deliveries, [
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
    ]);
  },

  'an event that is handled by nobody in the end becomes a dead letter, and its key goes on': async (
    scene,
  ) => {
    const { bus, type, group, event } = scene;
    const after = new Received(1);
    const poison = event('poison');
    await bus.consume(
      group,
      [type],
      (received, context) => {
        if (received.data === 'poison') throw new Error('cannot be digested');
        return after.handler(received, context);
      },
      quick,
    );
    await bus.publish([poison, event('after')]);
    await after.complete.promise;
    await idle(scene);
    const [letter, ...more] = await administrationOf(bus).deadLetters({ group });
    assert.deepEqual(more, []);
    assert.deepEqual(letter?.event, poison);
    assert.deepEqual(
      [letter?.group, letter?.code, letter?.reason, letter?.deliveries],
      [group, 'INTERNAL_ERROR', 'cannot be digested', 3],
    );
    const state = (await administrationOf(bus).groups()).find((found) => found.group === group);
    assert.deepEqual([state?.lag, state?.deadLetters, state?.members], [0, 1, 1]);
  },

  'a failure that no retry can mend makes a dead letter at once': async ({ bus, type, group, event }) => {
    let calls = 0;
    const after = new Received(1);
    await bus.consume(group, [type], (received, context) => {
      if (received.data !== 'bad') return after.handler(received, context);
      calls++;
      throw new DeskgraphError('EVENT_INVALID', 'no total');
    });
    await bus.publish([event('bad'), event('good')]);
    await after.complete.promise;
    assert.equal(calls, 1);
    const [letter] = await administrationOf(bus).deadLetters({ group });
    assert.deepEqual([letter?.code, letter?.reason, letter?.deliveries], ['EVENT_INVALID', 'no total', 1]);
  },

  'dead letters are handed to their group again, and to no other, or forgotten': async (scene) => {
    const { bus, type, group, event } = scene;
    let healthy = false;
    const healed = new Received(1);
    const others: unknown[] = [];
    await bus.consume(
      group,
      [type],
      (received, context) => {
        if (!healthy) throw new Error('sick');
        return healed.handler(received, context);
      },
      quick,
    );
    await bus.consume(`${group}.other`, [type], ({ data }) => void others.push(data));
    await bus.publish([event(1), event(2, { key: 'another' })]);
    const administration = administrationOf(bus);
    await idle(scene);
    const letters = await administration.deadLetters({ group });
    assert.equal(letters.length, 2);
    healthy = true;
    const [again, gone] = letters.map(({ id }) => id) as [string, string];
    assert.equal(await administration.discard([gone]), 1);
    assert.equal(await administration.redeliver([again, gone, 'no-such']), 1);
    await healed.complete.promise;
    assert.deepEqual(healed.data, [letters[0]?.event.data]);
    assert.deepEqual(await administration.deadLetters({ group }), []);
    assert.deepEqual(others.sort(), [1, 2]);
  },

  'a group that is set back handles again what was published since, in a new generation': async (scene) => {
    const { bus, type, group, event } = scene;
    const seen: [unknown, number][] = [];
    const again = new Signal();
    const consumer = await bus.consume(group, [type], ({ data }, { generation }) => {
      seen.push([data, generation]);
      if (data === 3 && generation === 1) again.send();
    });
    await bus.publish([event(1)]);
    await idle(scene);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const since = new Date();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await bus.publish([event(2), event(3)]);
    await idle(scene);
    await consumer.stop();
    assert.equal(await administrationOf(bus).replay(group, since), 2);
    await bus.consume(group, [type], ({ data }, { generation }) => {
      seen.push([data, generation]);
      if (data === 3 && generation === 1) again.send();
    });
    await again.promise;
    assert.deepEqual(seen, [
      [1, 0],
      [2, 0],
      [3, 0],
      [2, 1],
      [3, 1],
    ]);
    await assert.rejects(administrationOf(bus).replay(`${group}.none`, since), (error: unknown) =>
      isDeskgraphError(error, 'NOT_FOUND'),
    );
  },

  'a group that is set back while it consumes handles again as well': async (scene) => {
    const { bus, type, group, event } = scene;
    const again = new Signal();
    const since = new Date(Date.now() - 1_000);
    await bus.consume(group, [type], ({ data }, { generation }) => {
      if (data === 2 && generation === 1) again.send();
    });
    await bus.publish([event(1), event(2)]);
    await idle(scene);
    await administrationOf(bus).replay(group, since);
    await again.promise;
  },

  'an event that is published again under its identity is delivered once': async (scene) => {
    const { bus, topic, type, group, event } = scene;
    if (!bus.capabilities.deduplicates) return;
    const tail = await bus.tail(topic);
    const received = new Received(2);
    await bus.consume(group, [type], received.handler);
    const first = event(1);
    await bus.publish([first]);
    await bus.publish([first, event(2)]);
    await received.complete.promise;
    await idle(scene);
    assert.deepEqual(received.data, [1, 2]);
    const seen: unknown[] = [];
    for await (const { event } of tail) {
      seen.push(event.data);
      if (event.data === 2) break;
    }
    assert.deepEqual(seen, [1, 2]);
  },

  'an event over 256 KiB is refused, and costs nobody anything': async ({
    bus,
    topic,
    type,
    group,
    event,
  }) => {
    const received = new Received(1);
    await bus.consume(group, [type], received.handler);
    const tail = await bus.tail(topic);
    await assert.rejects(bus.publish([event('x'.repeat(256 * 1024))]), (error: unknown) =>
      isDeskgraphError(error, 'EVENT_INVALID'),
    );
    await bus.publish([event('x'.repeat(255 * 1024))]);
    await received.complete.promise;
    for await (const { event } of tail) {
      assert.equal(String(event.data).length, 255 * 1024);
      break;
    }
  },
};
