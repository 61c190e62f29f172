import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ExecutionText } from '../../src/execution/executable-operation.js';
import { agent } from '../subgraphs/calls.js';
import { settle, startHub, take, takeIds } from './stream-rig.js';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

interface Seen {
  readonly orderPaid: { readonly id: string };
  readonly generation: number;
}

/** All that a stream gives until it has given this many. */
async function drain(stream: AsyncIterator<ExecutionText>, count: number) {
  const seen = (await take(stream, count)) as Seen[];
  return {
    ids: seen.map(({ orderPaid }) => Number(orderPaid.id)),
    generations: seen.map(({ generation }) => generation),
  };
}

describe('100 swaps under events', () => {
  it('lose, repeat and reorder nothing for 200 streams, and leave no old generation in use', async (test) => {
    const { subscribe, publish, swaps, generation, observer, hub } = startHub(test);
    const old = [swaps.current];
    const streams = await Promise.all(
      range(200).map((n) => subscribe({ principal: agent(`agent-${n % 20}`, 'read'), scope: 'SUBJECT' })),
    );
    assert.equal(hub.openStreams, 20);
    const drained = streams.map((stream) => drain(stream, 1000));
    for (const id of range(1000)) {
      void publish(id);
      if (id % 10 === 9) {
        swaps.swap(generation(swaps.current.number + 1));
        old.push(swaps.current);
      }
      if (id % 7 === 0) await settle();
    }
    for (const { ids, generations } of await Promise.all(drained)) {
      assert.deepEqual(ids, range(1000));
      assert.deepEqual(
        generations,
        generations.toSorted((a, b) => a - b),
      );
      assert.ok(new Set(generations).size > 50, 'the stream moved with the swaps');
    }
    assert.equal(observer.resolutions, 20_000);
    assert.deepEqual(observer.failures, []);
    await settle();
    const current = old.pop();
    assert.equal(current?.inside, 20);
    for (const { inside, number } of old) assert.equal(inside, 0, `generation ${number} is still in use`);
  });
});

describe('a swap', () => {
  it('is followed even while no event comes', async (test) => {
    const { subscribe, swaps, generation } = startHub(test);
    await subscribe();
    const first = swaps.current;
    swaps.swap(generation(2));
    await settle();
    assert.equal(first.inside, 0);
    assert.equal(swaps.current.inside, 1);
  });

  it('happens behind the events that are queued', async (test) => {
    const { subscribe, publish, swaps, generation, subgraph } = startHub(test);
    const stream = await subscribe();
    const release = subgraph.hold();
    await publish(1);
    await publish(2);
    await settle();
    swaps.swap(generation(2));
    await publish(3);
    await settle();
    release();
    assert.deepEqual(await drain(stream, 3), { ids: [1, 2, 3], generations: [1, 1, 2] });
  });

  it('does not part those who subscribed before it from those after', async (test) => {
    const { subscribe, publish, swaps, generation, observer, hub } = startHub(test);
    const before = await subscribe();
    swaps.swap(generation(2));
    const after = await subscribe();
    await publish(1);
    assert.deepEqual(await takeIds(before, 1), [1]);
    assert.deepEqual(await takeIds(after, 1), [1]);
    assert.equal(observer.resolutions, 1);
    assert.equal(hub.openStreams, 1);
  });

  it('that comes while a client subscribes is not missed', async (test) => {
    const { subscribe, publish, swaps, generation } = startHub(test);
    const subscribing = subscribe();
    const first = swaps.current;
    swaps.swap(generation(2));
    const stream = await subscribing;
    await publish(1);
    assert.deepEqual(await drain(stream, 1), { ids: [1], generations: [2] });
    assert.equal(first.inside, 0);
  });

  it('that comes while the last subscriber leaves keeps no generation alive', async (test) => {
    const { subscribe, swaps, generation, hub } = startHub(test);
    const stream = await subscribe();
    const first = swaps.current;
    swaps.swap(generation(2));
    await stream.return?.();
    await settle();
    assert.equal(hub.openStreams, 0);
    assert.equal(first.inside, 0);
    assert.equal(swaps.current.inside, 0);
  });

  it('to a supergraph without the field ends the stream with the validation error', async (test) => {
    const { subscribe, publish, swaps, generation, hub } = startHub(test);
    const errors = [
      { message: 'Cannot query field "orderPaid".', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
    ];
    const stream = await subscribe({ renew: async () => ({ errors }) });
    const [first, second] = [swaps.current, generation(2)];
    await publish(1);
    await settle();
    swaps.swap(second);
    await publish(2);
    assert.deepEqual(await takeIds(stream, 1), [1]);
    assert.deepEqual(await stream.next(), { value: { data: 'null', errors }, done: false });
    assert.equal((await stream.next()).done, true);
    assert.deepEqual([hub.openStreams, first.inside, second.inside], [0, 0, 0]);
  });

  it('while no planner is to be had keeps the stream where it is, until another asks for the same', async (test) => {
    const { subscribe, publish, swaps, generation, prepareOn, observer } = startHub(test);
    let planner: 'gone' | 'failing' | 'back' = 'gone';
    const renew = async () => {
      if (planner === 'failing') throw new Error('the planner pipe broke');
      if (planner === 'back') return prepareOn(swaps.current, {});
      return { errors: [{ message: 'no planner', extensions: { code: 'PLANNER_UNAVAILABLE' } }] };
    };
    const stream = await subscribe({ renew });
    swaps.swap(generation(2));
    await publish(1);
    planner = 'failing';
    swaps.swap(generation(3));
    await publish(2);
    assert.deepEqual(await drain(stream, 2), { ids: [1, 2], generations: [1, 1] });
    assert.match(String(observer.failures), /planner pipe broke/);
    planner = 'back';
    await subscribe();
    await publish(3);
    assert.deepEqual(await drain(stream, 1), { ids: [3], generations: [3] });
  });

  it('that names the topic otherwise moves the stream to the new topic', async (test) => {
    const { subscribe, publish, swaps, generation, prepareOn } = startHub(test);
    const stream = await subscribe({
      renew: async () => prepareOn(swaps.current, { topic: 'paid' }),
    });
    await publish(1, 'orders.7');
    await settle();
    swaps.swap(generation(2));
    await settle();
    await publish(0, 'orders.7');
    await publish(2, 'paid.7');
    assert.deepEqual(await drain(stream, 2), { ids: [1, 2], generations: [1, 2] });
  });

  it('that narrows who may share ends the stream, which can be had again', async (test) => {
    const { subscribe, publish, swaps, generation, prepareOn } = startHub(test);
    const stream = await subscribe({
      scope: 'ROLE',
      renew: async () => prepareOn(swaps.current, { scope: 'SUBJECT' }),
    });
    swaps.swap(generation(2));
    await publish(1);
    await assert.rejects(stream.next(), { code: 'SUBSCRIPTION_SOURCE_FAILED' });
  });
});
