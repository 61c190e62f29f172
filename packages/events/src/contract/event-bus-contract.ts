import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { createEvent } from '../create-event.js';
import type { EventBus, PositionedEvent, Tail } from '../event-bus.js';

const event = (topic: string, data: unknown, partitionkey = topic) =>
  createEvent({ type: 'test.happened', source: '/test', topic, data, partitionkey });

async function take(tail: Tail, count: number): Promise<PositionedEvent[]> {
  const taken: PositionedEvent[] = [];
  for await (const positioned of tail) {
    taken.push(positioned);
    if (taken.length === count) break;
  }
  return taken;
}

/** What every driver promises; registers its tests with node:test. */
export function eventBusContract(name: string, open: () => Promise<EventBus>): void {
  describe(`${name} keeps the EventBus contract`, () => {
    let bus: EventBus;
    before(async () => {
      bus = await open();
    });
    after(() => bus.close());

    it('a tail that is confirmed misses nothing and keeps order', async () => {
      const tail = await bus.tail(['a']);
      const sent = Array.from({ length: 100 }, (_, index) => event('a', index));
      await bus.publish(sent.slice(0, 50));
      await bus.publish(sent.slice(50));
      const seen = await take(tail, 100);
      assert.deepEqual(
        seen.map(({ event }) => event.data),
        sent.map(({ data }) => data),
      );
    });

    it('a tail sees only its topics', async () => {
      const tail = await bus.tail(['b']);
      await bus.publish([event('other', 1), event('b', 2)]);
      assert.deepEqual(
        (await take(tail, 1)).map(({ event }) => event.data),
        [2],
      );
    });

    it('a reader that does not read is cut off and holds nobody', async () => {
      const slow = await bus.tail(['c'], { maxBuffered: 2 });
      const quick = await bus.tail(['c']);
      await bus.publish([1, 2, 3].map((data) => event('c', data)));
      assert.equal((await take(quick, 3)).length, 3);
      const seen: unknown[] = [];
      await assert.rejects(
        async () => {
          for await (const { event } of slow) seen.push(event.data);
        },
        (error: unknown) => isDeskgraphError(error, 'SLOW_CONSUMER'),
      );
      assert.deepEqual(seen, [1, 2]);
    });

    it('a closed tail ends its loop', async () => {
      const tail = await bus.tail(['d']);
      const reading = take(tail, 1);
      tail.close();
      assert.deepEqual(await reading, []);
    });

    it('each group gets each event once, in order per key, a failing handler included', async () => {
      const seen: Record<string, unknown[]> = { one: [], two: [] };
      const { promise, resolve } = withResolvers();
      const record = (group: 'one' | 'two') => async (received: { data: unknown }) => {
        seen[group]?.push(received.data);
        if (seen.one?.length === 4 && seen.two?.length === 4) resolve();
        if (received.data === 1 && group === 'one') throw new Error('handler fails');
      };
      const consumers = await Promise.all([
        bus.consume('one', ['test.happened'], record('one')),
        bus.consume('two', ['test.happened'], record('two')),
        bus.consume('two', ['something.else'], () => assert.fail('not its type')),
      ]);
      await bus.publish([0, 1, 2, 3].map((data) => event('e', data, 'same-key')));
      await promise;
      assert.deepEqual(seen, { one: [0, 1, 2, 3], two: [0, 1, 2, 3] });
      await Promise.all(consumers.map((consumer) => consumer.stop()));
    });

    it('an envelope that is not a CloudEvent is refused and nothing of the call is delivered', async () => {
      const tail = await bus.tail(['f']);
      const broken = { ...event('f', 2), type: '' };
      await assert.rejects(bus.publish([event('f', 1), broken]), (error: unknown) =>
        isDeskgraphError(error, 'EVENT_INVALID'),
      );
      await bus.publish([event('f', 3)]);
      assert.deepEqual(
        (await take(tail, 1)).map(({ event }) => event.data),
        [3],
      );
    });
  });
}

function withResolvers() {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
