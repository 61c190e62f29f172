import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { MemoryBus } from '@deskgraph/events';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import type { ExecutionText } from '../../src/execution/executable-operation.js';
import { HttpTransport } from '../../src/subgraphs/http-transport.js';
import { resumePointOf } from '../../src/subscriptions/resume-point.js';
import type { PreparedSubscription } from '../../src/subscriptions/subscription.js';
import { SubscriptionHub } from '../../src/subscriptions/subscription-hub.js';
import { callContext } from '../subgraphs/calls.js';
import { startUpstreamServer } from '../subgraphs/upstream-server.js';
import { CountedGeneration, CountingObserver, ManualSwaps, prepare, settle, take } from './stream-rig.js';

const price = 'subscription($of: String!) { price(of: $of) }';

/** The hub over a remote subgraph with subscriptions of its own. */
async function startHub(test: TestContext) {
  const server = await startUpstreamServer(test);
  const transports: HttpTransport[] = [];
  const connect = (url: string) => {
    const transport = new HttpTransport({ name: 'prices', url });
    transports.push(transport);
    return transport;
  };
  const shared = connect(server.url);
  test.after(() => Promise.all(transports.map((transport) => transport[Symbol.asyncDispose]())));
  const generation = (number: number, transport = shared, url = server.url) =>
    new CountedGeneration(number, new Map([['prices', transport]]), { prices: url });
  const swaps = new ManualSwaps(generation(1));
  const observer = new CountingObserver();
  const hub = new SubscriptionHub(new MemoryBus(), swaps, observer);
  test.after(() => hub.close());

  const prepareNow = (text = price): PreparedSubscription => {
    const operation = { text, kind: 'subscription' as const };
    const source = { kind: 'upstream' as const, serviceName: 'prices', operation, variableUsages: ['of'] };
    return { prepared: prepare(source, swaps.current), generation: swaps.current };
  };
  const subscribe = async (
    of = 'lamp',
    renew: () => Promise<Awaited<ReturnType<typeof renewNow>>> = renewNow,
    signal = callContext().signal,
  ) => {
    const caller = { principal: null, requestId: 'request-1', signal };
    const outcome = await hub.subscribe({
      ...prepareNow(),
      variables: { of },
      caller,
      resume: resumePointOf({ query: '' }),
      renew,
    });
    assert.ok('results' in outcome);
    return outcome.results;
  };
  const renewNow = async (): Promise<
    PreparedSubscription | { errors: { message: string; extensions: { code: string } }[] }
  > => prepareNow();
  return { server, hub, swaps, generation, connect, observer, subscribe, prepareNow };
}

const prices = async (stream: AsyncIterator<ExecutionText>, count: number) =>
  ((await take(stream, count)) as { price: number; generation: number }[]).map((result) => [
    result.price,
    result.generation,
  ]);

describe("a subgraph's own subscription", () => {
  it('is passed through in order, and ended at the subgraph when its reader leaves', async (test) => {
    const { server, subscribe, hub, swaps } = await startHub(test);
    const stream = await subscribe();
    await server.subscribed(1);
    for (const value of [1, 2, 3]) server.emit('lamp', value);
    assert.deepEqual(await prices(stream, 3), [
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
    const waiting = stream.next();
    await stream.return?.();
    assert.equal((await waiting).done, true);
    await server.subscribed(0);
    assert.equal(hub.openStreams, 0);
    assert.equal(swaps.current.inside, 0);
  });

  it('is ended when the client is gone, whoever noticed', async (test) => {
    const { server, subscribe, hub } = await startHub(test);
    const client = new AbortController();
    const stream = await subscribe('lamp', undefined, client.signal);
    await server.subscribed(1);
    client.abort();
    assert.equal((await stream.next()).done, true);
    await server.subscribed(0);
    assert.equal(hub.openStreams, 0);
  });

  it('with a reader who does not read is bounded, and holds no other', async (test) => {
    const { server, subscribe, observer } = await startHub(test);
    const [slow, fast] = [await subscribe(), await subscribe()];
    await server.subscribed(2);
    for (let value = 0; value < 300; value++) {
      server.emit('lamp', value);
      assert.deepEqual(await prices(fast, 1), [[value, 1]]);
    }
    await server.subscribed(1);
    assert.equal(observer.overflows, 1);
    await take(slow, 256);
    await assert.rejects(slow.next(), (error) => isDeskgraphError(error) && error.code === 'SLOW_CONSUMER');
  });

  it('completes when the hub closes', async (test) => {
    const { server, subscribe, hub } = await startHub(test);
    const stream = await subscribe();
    await server.subscribed(1);
    hub.close();
    assert.equal((await stream.next()).done, true);
    await server.subscribed(0);
  });
});

describe("a swap under a subgraph's own subscription", () => {
  it('keeps the stream open and takes the newer plan for what follows', async (test) => {
    const { server, subscribe, swaps, generation } = await startHub(test);
    const stream = await subscribe();
    await server.subscribed(1);
    const first = swaps.current;
    server.emit('lamp', 1);
    assert.deepEqual(await prices(stream, 1), [[1, 1]]);
    for (const number of [2, 3]) {
      swaps.swap(generation(number));
      await settle();
    }
    assert.equal(first.inside, 0, 'a quiet stream does not keep an old generation alive');
    assert.equal(swaps.current.inside, 1);
    server.emit('lamp', 2);
    assert.deepEqual(await prices(stream, 1), [[2, 3]]);
    assert.equal(server.connections, 1);
    assert.equal(server.running, 1);
  });

  it('to another address subscribes there, and ends the stream at the old one', async (test) => {
    const { server, subscribe, swaps, generation, connect } = await startHub(test);
    const elsewhere = await startUpstreamServer(test);
    const stream = await subscribe();
    await server.subscribed(1);
    swaps.swap(generation(2, connect(elsewhere.url), elsewhere.url));
    await elsewhere.subscribed(1);
    await server.subscribed(0);
    elsewhere.emit('lamp', 5);
    assert.deepEqual(await prices(stream, 1), [[5, 2]]);
  });

  it('that changes what is asked of the subgraph asks anew', async (test) => {
    const { server, subscribe, swaps, generation, prepareNow } = await startHub(test);
    const changed = 'subscription($of: String!) { now: price(of: $of) }';
    const stream = await subscribe('lamp', async () => prepareNow(changed));
    await server.subscribed(1);
    swaps.swap(generation(2));
    await server.subscribed(0);
    await server.subscribed(1);
    server.emit('lamp', 6);
    assert.deepEqual(await take(stream, 1), [{ now: 6, generation: 2 }]);
  });

  it('to a supergraph without the field ends the stream with the validation error', async (test) => {
    const { server, subscribe, swaps, generation, hub } = await startHub(test);
    const errors = [
      { message: 'Cannot query field "price".', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
    ];
    const stream = await subscribe('lamp', async () => ({ errors }));
    await server.subscribed(1);
    swaps.swap(generation(2));
    assert.deepEqual(await stream.next(), { value: { data: 'null', errors }, done: false });
    assert.equal((await stream.next()).done, true);
    await server.subscribed(0);
    assert.equal(hub.openStreams, 0);
  });
});

describe('a subgraph that restarts', () => {
  it('carries its streams on', async (test) => {
    const { server, subscribe } = await startHub(test);
    const stream = await subscribe();
    await server.subscribed(1);
    server.emit('lamp', 1);
    assert.deepEqual(await prices(stream, 1), [[1, 1]]);
    await server.stop();
    await server.subscribed(0);
    await server.start();
    await server.subscribed(1);
    server.emit('lamp', 2);
    assert.deepEqual(await prices(stream, 1), [[2, 1]]);
  });
});
