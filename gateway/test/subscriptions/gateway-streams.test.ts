import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ExecutionText } from '../../src/execution/executable-operation.js';
import { startGateway } from './gateway-rig.js';
import { take } from './stream-rig.js';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const paid = 'subscription { paid: orderPaid(customer: "7") { total customerName viewer } }';
const result = (id: number) => ({
  paid: { total: id * 10, customerName: `Customer of ${id}`, viewer: 'ada' },
});

describe('a subscription through the whole gateway', () => {
  it('joins the event with another subgraph, once for all, and over swaps loses nothing', async (test) => {
    const { subscribe, publish, load, observer, customers } = await startGateway(test);
    const streams = await Promise.all(range(100).map(() => subscribe(paid)));
    const taken = streams.map((stream) => take(stream, 200));
    for (const id of range(200)) {
      void publish(id);
      if (id % 20 === 19) assert.equal(await load(id), 'swapped');
    }
    const expected = range(200).map(result);
    for (const results of await Promise.all(taken)) assert.deepEqual(results, expected);
    assert.equal(observer.resolutions, 200);
    assert.equal(observer.deliveries, 20_000);
    assert.equal(customers.requests.length, 200);
    assert.deepEqual(observer.failures, []);
  });

  it('ends with the validation error when a swap takes its field away', async (test) => {
    const { subscribe, publish, load, hub } = await startGateway(test);
    const stream = await subscribe(paid);
    await publish(1);
    assert.deepEqual(await take(stream, 1), [result(1)]);
    await load(2, 'orderPaid');
    const { value } = await stream.next();
    assert.equal(value.data, 'null');
    assert.equal(value.errors?.[0]?.extensions.code, 'GRAPHQL_VALIDATION_FAILED');
    assert.match(value.errors?.[0]?.message ?? '', /orderPaid/);
    assert.equal((await stream.next()).done, true);
    assert.equal(hub.openStreams, 0);
  });

  it("passes a subgraph's own stream through, on one socket over swaps and a restart", async (test) => {
    const { subscribe, load, prices } = await startGateway(test);
    const stream = await subscribe('subscription { now: price(of: "lamp") }');
    await prices.subscribed(1);
    for (const version of [2, 3, 4]) {
      prices.emit('lamp', version);
      assert.deepEqual(await take(stream, 1), [{ now: version }]);
      await load(version);
    }
    assert.equal(prices.connections, 1);
    await prices.stop();
    await prices.subscribed(0);
    await prices.start();
    await prices.subscribed(1);
    prices.emit('lamp', 5);
    assert.deepEqual(await take(stream, 1), [{ now: 5 }]);
    await load(9, 'price');
    const { value } = await stream.next();
    assert.equal(value.errors?.[0]?.extensions.code, 'GRAPHQL_VALIDATION_FAILED');
    await prices.subscribed(0);
  });

  it('that the other subgraph cannot complete has that error, and the next event is whole again', async (test) => {
    const { subscribe, publish, customers } = await startGateway(test);
    const stream = await subscribe(paid);
    await publish(1);
    assert.deepEqual(await take(stream, 1), [result(1)]);
    await customers.close();
    await publish(2);
    const { value }: IteratorResult<ExecutionText, ExecutionText> = await stream.next();
    assert.deepEqual(JSON.parse(value.data), { paid: { total: 20, customerName: null, viewer: 'ada' } });
    assert.deepEqual(
      value.errors?.map(({ path, extensions }) => [path, extensions.code]),
      [[['paid'], 'SUBGRAPH_UNREACHABLE']],
    );
    await customers.listen();
    await publish(3);
    const next = await stream.next();
    assert.equal(next.value.errors, undefined, 'an error of one event shows in the next');
    assert.deepEqual(JSON.parse(next.value.data), result(3));
  });
});
