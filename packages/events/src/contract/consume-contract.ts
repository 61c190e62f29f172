import assert from 'node:assert/strict';
import { type Cases, dataOf, Received, Signal, take } from './scene.js';

/** What `consume` promises. */
export const consumeContract: Cases = {
  'each group gets each event of its types, in order per key': async ({ bus, type, group, event }) => {
    const [one, two, other] = [new Received(4), new Received(4), new Received(0)];
    await bus.consume(`${group}.one`, [type, `${type}.more`], one.handler);
    await bus.consume(`${group}.two`, [`${type}.more`, type], two.handler);
    await bus.consume(group, [`${type}.other`], other.handler);
    await bus.publish([event(1), event(2, { type: `${type}.more` }), event(3), event(4)]);
    await Promise.all([one.complete.promise, two.complete.promise]);
    assert.deepEqual(
      { one: one.data, two: two.data, other: other.data },
      { one: [1, 2, 3, 4], two: [1, 2, 3, 4], other: [] },
    );
  },

  'consumers of a group share its events, and the order per key holds across them': async ({
    bus,
    type,
    group,
    event,
  }) => {
    const numbers = Array.from({ length: 40 }, (_, index) => index);
    const all = new Received(numbers.length);
    let running = 0;
    let atOnce = 0;
    for (const _ of [1, 2, 3]) {
      await bus.consume(group, [type], async (received, context) => {
        atOnce = Math.max(atOnce, ++running);
        await new Promise(setImmediate);
        running--;
        return all.handler(received, context);
      });
    }
    await bus.publish(numbers.map((n) => event(n, { key: 'same' })));
    await all.complete.promise;
    assert.deepEqual(all.data, numbers);
    assert.equal(atOnce, 1, 'events of one key were handled at the same time');
  },

  'a handler that throws, or rejects, costs nobody else an event': async ({
    bus,
    topic,
    type,
    group,
    event,
  }) => {
    const tail = await bus.tail(topic);
    const [calm, failing] = [new Received(3), new Received(3)];
    await bus.consume(`${group}.calm`, [type], calm.handler);
    const failed = new Set<unknown>();
    await bus.consume(group, [type], (received, context) => {
      // A driver that retries delivers it again; then it succeeds.
      if (received.data === 1 && !failed.has(1)) {
        failed.add(1);
        if (!bus.capabilities.durable) failing.handler(received, context);
        throw new Error('handler throws');
      }
      failing.handler(received, context);
    });
    await bus.publish([1, 2, 3].map((n) => event(n)));
    await Promise.all([calm.complete.promise, failing.complete.promise]);
    assert.deepEqual(
      [calm.data, failing.data],
      [
        [1, 2, 3],
        [1, 2, 3],
      ],
    );
    assert.deepEqual(dataOf(await take(tail, 3)), [1, 2, 3]);
  },

  'a handler that never returns holds its key only: not other keys, groups, tails or the publisher': async ({
    bus,
    topic,
    type,
    group,
    event,
  }) => {
    const held = new Signal();
    const tail = await bus.tail(topic);
    const [others, elsewhere] = [new Received(1), new Received(2)];
    await bus.consume(group, [type], (received, context) =>
      received.partitionkey === 'stuck' ? held.promise : others.handler(received, context),
    );
    await bus.consume(`${group}.elsewhere`, [type], elsewhere.handler);
    await bus.publish([event(1, { key: 'stuck' }), event(2, { key: 'free' })]);
    await Promise.all([others.complete.promise, elsewhere.complete.promise]);
    for await (const { event } of tail) if (event.data === 2) break;
    held.send();
  },

  'a consumer that stops waits for its handler, and none of its handlers runs after': async ({
    bus,
    type,
    group,
    event,
  }) => {
    const [begun, mayEnd] = [new Signal(), new Signal()];
    let handled = 0;
    let ended = false;
    const consumer = await bus.consume(group, [type], async () => {
      handled++;
      begun.send();
      await mayEnd.promise;
      ended = true;
    });
    await bus.publish([event(1)]);
    await begun.promise;
    const stopping = Promise.all([consumer.stop(), consumer.stop()]).then(() => ended);
    await new Promise(setImmediate);
    mayEnd.send();
    assert.equal(await stopping, true);
    const rest = new Received(1);
    await bus.consume(`${group}.rest`, [type], rest.handler);
    await bus.publish([event(2)]);
    await rest.complete.promise;
    assert.equal(handled, 1);
  },

  'a consumer that stops does not wait for the slow handlers of others in its group': async ({
    bus,
    type,
    group,
    event,
  }) => {
    const [begun, held] = [new Signal(), new Signal()];
    const idle = await bus.consume(group, [`${type}.other`], () => {});
    await bus.consume(group, [type], () => {
      begun.send();
      return held.promise;
    });
    await bus.publish([event(1)]);
    await begun.promise;
    await idle.stop();
    held.send();
  },
};
