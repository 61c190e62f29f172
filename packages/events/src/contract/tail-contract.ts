import assert from 'node:assert/strict';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { type Cases, dataOf, take } from './scene.js';

/** What `tail` promises. */
export const tailContract: Cases = {
  'a tail that is confirmed misses nothing, keeps order and numbers its events': async ({
    bus,
    topic,
    event,
  }) => {
    const tail = await bus.tail(topic);
    const numbers = Array.from({ length: 100 }, (_, index) => index);
    await bus.publish(numbers.slice(0, 50).map((n) => event(n)));
    for (const n of numbers.slice(50)) await bus.publish([event(n)]);
    const seen = await take(tail, 100);
    assert.deepEqual(dataOf(seen), numbers);
    const sequences = [tail.start, ...seen.map(({ position }) => position)].map(({ sequence }) => sequence);
    assert.deepEqual(
      sequences,
      [...new Set(sequences)].sort((a, b) => a - b),
    );
  },

  'a tail that is asked for before it is published to sees what comes, however late it reads': async ({
    bus,
    topic,
    event,
  }) => {
    const tail = await bus.tail(topic);
    const reading = take(tail, 2);
    await bus.publish([event(1)]);
    await bus.publish([event(2)]);
    assert.deepEqual(dataOf(await reading), [1, 2]);
  },

  'a tail sees its topic only, and each event once, whatever its partition key': async ({
    bus,
    topic,
    event,
  }) => {
    const at = (name: string) => ({ topic: `${topic}.${name}`, key: topic });
    const [one, two, other] = [at('one'), at('two'), at('other')];
    const [ones, twos] = [await bus.tail(one.topic), await bus.tail(two.topic)];
    await bus.publish([event(0, other), event(1, one), event(2, two), event(3, other), event(4, one)]);
    assert.deepEqual([dataOf(await take(ones, 2)), dataOf(await take(twos, 1))], [[1, 4], [2]]);
  },

  'a reader that does not read is cut off at its bound and holds nobody': async ({ bus, topic, event }) => {
    const slow = await bus.tail(topic, { maxBuffered: 2 });
    const quick = await bus.tail(topic);
    await bus.publish([1, 2, 3].map((n) => event(n)));
    assert.deepEqual(dataOf(await take(quick, 3)), [1, 2, 3]);
    const seen: unknown[] = [];
    await assert.rejects(
      async () => {
        for await (const { event } of slow) seen.push(event.data);
      },
      (error: unknown) => isDeskgraphError(error, 'SLOW_CONSUMER'),
    );
    assert.deepEqual(seen, [1, 2]);
  },

  'a tail that is closed, twice even, ends its loop and takes nothing more': async ({
    bus,
    topic,
    event,
  }) => {
    const tail = await bus.tail(topic);
    const reading = take(tail, 1);
    tail.close();
    tail.close();
    await bus.publish([event(1)]);
    assert.deepEqual(await reading, []);
    assert.deepEqual(await take(tail, 1), []);
  },

  'a tail whose loop was left is closed': async ({ bus, topic, event }) => {
    const tail = await bus.tail(topic);
    await bus.publish([event(1), event(2)]);
    assert.deepEqual(dataOf(await take(tail, 1)), [1]);
    assert.deepEqual(await take(tail, 1), []);
  },
};
