import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { formatPosition, MemoryBus, type Position } from '@deskgraph/events';
import type { ExecutionText } from '../../src/execution/executable-operation.js';
import { settle, startHub } from './stream-rig.js';

const idOf = ({ data }: ExecutionText): string | undefined =>
  (JSON.parse(data) as { orderPaid?: { id: string } } | null)?.orderPaid?.id;

/** Reads so many results. */
async function read(results: AsyncIterator<ExecutionText>, count: number): Promise<ExecutionText[]> {
  const taken: ExecutionText[] = [];
  while (taken.length < count) {
    const { value, done } = await results.next();
    if (done) throw new Error(`the stream ended after ${taken.length} results`);
    taken.push(value);
  }
  return taken;
}

const positionOf = (result: ExecutionText | undefined): string =>
  formatPosition(result?.position as Position);

const codesOf = (outcome: object): unknown =>
  'refused' in outcome
    ? (outcome.refused as { extensions: { code: string } }[]).map(({ extensions }) => extensions.code)
    : 'none';

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('a subscription that goes on from a position', () => {
  it('gets what it missed, in order, then what comes', async (test) => {
    const { subscribe, publish, observer } = startHub(test);
    const first = await subscribe();
    await publish(1);
    const [seen] = await read(first, 1);
    await first.return?.();
    for (const id of [2, 3]) await publish(id);
    const again = await subscribe({ after: positionOf(seen) });
    await publish(4);
    const results = await read(again, 3);
    assert.deepEqual(results.map(idOf), ['2', '3', '4']);
    assert.deepEqual([observer.resumes, observer.caughtUp], [1, 2]);
  });

  it('asked for with "now" first tells where it begins, and can be gone on with from there', async (test) => {
    const { subscribe, publish } = startHub(test);
    await publish('before');
    const first = await subscribe({ after: 'now' });
    const [start] = await read(first, 1);
    assert.deepEqual([start?.data, start?.isStart], ['null', true]);
    await first.return?.();
    await publish(1);
    assert.deepEqual((await read(await subscribe({ after: positionOf(start) }), 1)).map(idOf), ['1']);
  });

  it('is refused with RESUME_GAP when the history does not have it, and with no part of it', async (test) => {
    const { ask, subscribe, publish, observer, hub } = startHub(test);
    const stream = await subscribe();
    await publish(1);
    const [seen] = await read(stream, 1);
    const { epoch, sequence } = (seen as ExecutionText).position as Position;
    assert.deepEqual(codesOf(await ask({ after: `other.${sequence}` })), ['RESUME_GAP']);
    assert.deepEqual(codesOf(await ask({ after: `${epoch}.${sequence + 7}` })), ['RESUME_GAP']);
    assert.deepEqual(codesOf(await ask({ after: `s.${sequence}` })), ['RESUME_GAP']);
    assert.equal(observer.gaps, 3);
    await stream.return?.();
    assert.equal(hub.openStreams, 0);
  });

  it('shares the live results with who was there all the time, without one that it had', async (test) => {
    const { subscribe, publish, observer, subgraph } = startHub(test);
    const steady = await subscribe();
    await publish(1);
    await publish(2);
    const seen = await read(steady, 2);
    const resumed = await subscribe({ after: positionOf(seen[0]) });
    await publish(3);
    const [own, shared] = [await read(resumed, 2), await read(steady, 1)];
    assert.deepEqual(own.map(idOf), ['2', '3']);
    assert.equal(own[1], shared[0], 'one result, hence one text, for both');
    assert.equal(observer.resolutions, 3);
    assert.equal(subgraph.executions, 4);
  });

  it('shares what it missed with others who come back at the same time', async (test) => {
    const { subscribe, publish, subgraph } = startHub(test);
    const first = await subscribe({ after: 'now' });
    const [start] = await read(first, 1);
    await first.return?.();
    for (let id = 1; id <= 20; id++) await publish(id);
    const after = positionOf(start);
    const streams = await Promise.all([1, 2, 3].map(() => subscribe({ after })));
    const all = await Promise.all(streams.map((stream) => read(stream, 20)));
    for (const results of all) assert.deepEqual(results.map(idOf), (all[0] ?? []).map(idOf));
    assert.equal(subgraph.executions, 20);
  });

  it('takes a history that is longer than any queue, while more comes, at its own pace', async (test) => {
    const { subscribe, publish } = startHub(test);
    const first = await subscribe({ after: 'now' });
    const [start] = await read(first, 1);
    await first.return?.();
    for (let id = 1; id <= 1000; id++) await publish(id);
    const again = await subscribe({ after: positionOf(start) });
    const results = await read(again, 500);
    for (let id = 1001; id <= 1200; id++) await publish(id);
    results.push(...(await read(again, 700)));
    assert.deepEqual(
      results.map(idOf),
      Array.from({ length: 1200 }, (_, index) => String(index + 1)),
    );
  });

  it('that lags behind the live events too far while it catches up is cut off, and nobody else', async (test) => {
    const { subscribe, publish, observer } = startHub(test);
    const first = await subscribe({ after: 'now' });
    const [start] = await read(first, 1);
    await publish(1);
    const again = await subscribe({ after: positionOf(start) });
    for (let id = 2; id <= 400; id++) {
      await publish(id);
      await read(first, 1);
    }
    await assert.rejects(read(again, 400), { code: 'SLOW_CONSUMER' });
    assert.equal(observer.overflows, 1);
  });

  it('moves to a newer generation while it catches up, and loses nothing', async (test) => {
    const { subscribe, publish, swaps, generation } = startHub(test);
    const first = await subscribe({ after: 'now' });
    const [start] = await read(first, 1);
    await first.return?.();
    for (let id = 1; id <= 4; id++) await publish(id);
    const again = await subscribe({ after: positionOf(start) });
    const before = await read(again, 2);
    swaps.swap(generation(2));
    await settle();
    await publish(5);
    const after = await read(again, 3);
    assert.deepEqual([...before, ...after].map(idOf), ['1', '2', '3', '4', '5']);
    assert.match(after.at(-1)?.data ?? '', /"generation":2/);
  });

  it('that is left while it catches up holds nothing', async (test) => {
    const { subscribe, publish, hub, swaps } = startHub(test);
    const first = await subscribe({ after: 'now' });
    const [start] = await read(first, 1);
    await first.return?.();
    for (let id = 1; id <= 10; id++) await publish(id);
    const again = await subscribe({ after: positionOf(start) });
    await read(again, 3);
    const pending = again.next();
    await again.return?.();
    await pending;
    assert.equal((await again.next()).done, true);
    assert.equal(hub.openStreams, 0);
    await settle();
    assert.equal(swaps.current.inside, 0);
  });

  it('40 subscribers that reconnect 500 times have each seen every event once and in order', async (test) => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    console.log(`SEED=${seed}`);
    await reconnectAtRandom(test, mulberry32(seed));
  });
});

/** Subscribers leave and come back between any two events; one that is behind reads some, one that is not waits. */
async function reconnectAtRandom(test: TestContext, random: () => number): Promise<void> {
  const { subscribe, publish } = startHub(test, new MemoryBus());
  const events = 300;
  const subscribers = await Promise.all(
    Array.from({ length: 40 }, async () => {
      const stream = await subscribe({ after: 'now' });
      const [start] = await read(stream, 1);
      return { stream, position: positionOf(start), seen: [] as (string | undefined)[] };
    }),
  );
  let reconnects = 0;
  const readOne = async (subscriber: (typeof subscribers)[number]) => {
    const [result] = await read(subscriber.stream, 1);
    subscriber.seen.push(idOf(result as ExecutionText));
    subscriber.position = positionOf(result);
  };
  for (let id = 1; id <= events; id++) {
    await publish(id);
    for (const subscriber of subscribers) {
      if (random() < 0.05 && reconnects < 500) {
        reconnects++;
        await subscriber.stream.return?.();
        subscriber.stream = await subscribe({ after: subscriber.position });
      }
      const behind = id - subscriber.seen.length;
      for (let count = Math.floor(random() * (behind + 1)); count > 0; count--) await readOne(subscriber);
    }
  }
  const all = Array.from({ length: events }, (_, index) => String(index + 1));
  for (const subscriber of subscribers) {
    while (subscriber.seen.length < events) await readOne(subscriber);
    assert.deepEqual(subscriber.seen, all);
  }
  assert.equal(reconnects, 500);
}
