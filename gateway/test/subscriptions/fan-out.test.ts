import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryBus, type Tail } from '@deskgraph/events';
import { isDeskgraphError, type Principal } from '@deskgraph/plugin-sdk';
import { agent } from '../subgraphs/calls.js';
import { settle, startHub, take, takeIds } from './stream-rig.js';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('an event for 10,000 subscribers who share it', () => {
  it('is resolved once, and all of them get the same text', async (test) => {
    const { subscribe, publish, observer, subgraph } = startHub(test);
    const streams = await Promise.all(range(10_000).map(() => subscribe()));
    await publish(1);
    const results = await Promise.all(streams.map((stream) => stream.next()));
    assert.equal(observer.resolutions, 1);
    assert.equal(subgraph.executions, 1);
    assert.equal(observer.deliveries, 10_000);
    const [first] = results;
    assert.equal(first?.value.data, '{"orderPaid":{"id":"1","viewer":"ada"},"generation":1}');
    for (const { value } of results) assert.equal(value, first?.value);
  });
});

describe('who may share a resolution', () => {
  const ada = agent('ada', 'read');
  const bob = agent('bob', 'read');
  const chief = agent('chief', 'read', 'write');

  async function viewers(
    test: Parameters<typeof startHub>[0],
    scope: 'SUBJECT' | 'ROLE' | 'PUBLIC',
    people: Principal[],
  ) {
    const { subscribe, publish, observer } = startHub(test);
    const streams = await Promise.all(people.map((principal) => subscribe({ principal, scope })));
    await publish(1);
    const results = await Promise.all(streams.map((stream) => take(stream, 1)));
    const seen = results.map(([result]) => (result as { orderPaid: { viewer: string } }).orderPaid.viewer);
    return { seen, resolutions: observer.resolutions };
  }

  it('with scope SUBJECT: only the same user', async (test) => {
    const { seen, resolutions } = await viewers(test, 'SUBJECT', [ada, bob, ada, chief]);
    assert.deepEqual(seen, ['ada', 'bob', 'ada', 'chief']);
    assert.equal(resolutions, 3);
  });

  it('with scope SUBJECT: not even the same user with other scopes', async (test) => {
    const { resolutions } = await viewers(test, 'SUBJECT', [ada, { ...ada, scopes: ['read', 'write'] }]);
    assert.equal(resolutions, 2);
  });

  it('with scope ROLE: users with the same scopes, and no others', async (test) => {
    const { seen, resolutions } = await viewers(test, 'ROLE', [ada, bob, chief]);
    assert.equal(resolutions, 2);
    assert.equal(seen[2], 'chief');
  });

  it('with scope PUBLIC: everyone who may see the same fields', async (test) => {
    const { resolutions } = await viewers(test, 'PUBLIC', [ada, bob, chief]);
    assert.equal(resolutions, 2);
  });

  it('never those who ask with other variables, or for other fields', async (test) => {
    const { subscribe, publish, observer } = startHub(test);
    const seven = await subscribe({ customer: '7' });
    const eight = await subscribe({ customer: '8' });
    const less = await subscribe({
      text: 'subscription($customer: ID!) { orderPaid(customer: $customer) { id } }',
    });
    await publish(1, 'orders.7');
    await publish(2, 'orders.8');
    assert.deepEqual(await take(seven, 1), [{ orderPaid: { id: '1', viewer: 'ada' }, generation: 1 }]);
    assert.deepEqual(await take(eight, 1), [{ orderPaid: { id: '2', viewer: 'ada' }, generation: 1 }]);
    assert.deepEqual(await take(less, 1), [{ orderPaid: { id: '1' }, generation: 1 }]);
    assert.equal(observer.resolutions, 3);
  });
});

describe('a subscription', () => {
  it('is refused by the subgraph that owns its field, and then listens to nothing', async (test) => {
    const { ask, publish, observer, hub } = startHub(test);
    const outcome = await ask({ customer: 'secret' });
    assert.deepEqual(outcome, {
      refused: [
        {
          message: 'not yours',
          path: ['orderPaid'],
          extensions: { code: 'FORBIDDEN', serviceName: 'orders' },
        },
      ],
    });
    await publish(1, 'orders.secret');
    await settle();
    assert.equal(observer.resolutions, 0);
    assert.equal(hub.openStreams, 0);
  });

  it('misses no event that is published after it was granted, and keeps their order', async (test) => {
    const { subscribe, publish } = startHub(test);
    const stream = await subscribe();
    for (const id of range(200)) void publish(id);
    assert.deepEqual(await takeIds(stream, 200), range(200));
  });

  it('gets no event from before, not even one that still waits to be resolved', async (test) => {
    const { subscribe, publish, subgraph } = startHub(test);
    const release = subgraph.hold();
    const early = await subscribe();
    for (const id of range(10)) await publish(id);
    await settle();
    const late = await subscribe();
    await publish(10);
    release();
    assert.deepEqual(await takeIds(early, 11), range(11));
    assert.deepEqual(await takeIds(late, 1), [10]);
  });

  it('that ends leaves no group, no tail and no generation behind', async (test) => {
    const { subscribe, publish, observer, hub, swaps, subgraph } = startHub(test);
    const streams = await Promise.all(range(3).map(() => subscribe()));
    assert.equal(hub.openStreams, 1);
    assert.equal(swaps.current.inside, 1);
    for (const stream of streams) await stream.return?.();
    assert.equal(hub.openStreams, 0);
    assert.equal(swaps.current.inside, 0);
    await settle();
    await publish(1);
    await settle();
    assert.equal(subgraph.executions, 0);
    assert.equal(observer.resolutions, 0);
    const again = await subscribe();
    await publish(2);
    assert.deepEqual(await takeIds(again, 1), [2]);
  });

  it('completes when the hub closes', async (test) => {
    const { subscribe, publish, hub } = startHub(test);
    const stream = await subscribe();
    await publish(1);
    await settle();
    hub.close();
    assert.deepEqual(await takeIds(stream, 1), [1]);
    assert.equal((await stream.next()).done, true);
    assert.equal(hub.openStreams, 0);
  });
});

describe('a subscriber who does not read', () => {
  it('is cut off with SLOW_CONSUMER after 256 results, and holds nobody', async (test) => {
    const { subscribe, publish, observer, hub } = startHub(test);
    const [slow, fast] = await Promise.all([subscribe(), subscribe()]);
    assert.equal(hub.openStreams, 1);
    for (const id of range(300)) {
      await publish(id);
      assert.deepEqual(await takeIds(fast, 1), [id]);
    }
    assert.equal(observer.overflows, 1);
    assert.deepEqual(await takeIds(slow, 256), range(256));
    await assert.rejects(slow.next(), (error) => isDeskgraphError(error) && error.code === 'SLOW_CONSUMER');
    assert.equal(hub.openStreams, 1);
    await fast.return?.();
    assert.equal(hub.openStreams, 0);
  });

  it('does not keep its group alive when it was the last', async (test) => {
    const { subscribe, publish, hub, swaps } = startHub(test);
    const slow = await subscribe();
    for (const id of range(300)) await publish(id);
    while (hub.openStreams > 0) await settle();
    assert.equal(swaps.current.inside, 0);
    assert.deepEqual(await takeIds(slow, 256), range(256));
  });
});

describe('events that come faster than they can be resolved', () => {
  it('end their group with SLOW_CONSUMER instead of filling the memory', async (test) => {
    const { subscribe, publish, subgraph, hub } = startHub(test);
    const release = subgraph.hold();
    const stream = await subscribe();
    for (const id of range(2000)) await publish(id);
    await assert.rejects(stream.next(), (error) => isDeskgraphError(error) && error.code === 'SLOW_CONSUMER');
    assert.equal(hub.openStreams, 0);
    release();
    await settle();
    assert.equal(subgraph.executions, 1);
  });
});

describe('a resolution that fails', () => {
  it('is the error of its own event and of no other', async (test) => {
    const { subscribe, publish } = startHub(test);
    const stream = await subscribe({
      text: 'subscription($customer: ID!) { orderPaid(customer: $customer) { id total } }',
    });
    await publish(1, 'orders.7', { id: '1', total: 'many' });
    await publish(2, 'orders.7', { id: '2', total: 20 });
    const bad = await stream.next();
    assert.deepEqual(JSON.parse(bad.value.data), { orderPaid: null, generation: 1 });
    assert.deepEqual(bad.value.errors?.[0]?.path, ['orderPaid', 'total']);
    const good = await stream.next();
    assert.equal(good.value.errors, undefined);
    assert.deepEqual(JSON.parse(good.value.data), { orderPaid: { id: '2', total: 20 }, generation: 1 });
  });

  it('by throwing tells clients nothing but a request id, and the observer everything', async (test) => {
    const { subscribe, publish, subgraph, observer } = startHub(test);
    const stream = await subscribe();
    const execute = subgraph.execute;
    subgraph.execute = () => Promise.reject(new Error('password=secret'));
    await publish(1);
    const { value } = await stream.next();
    assert.equal(value.data, 'null');
    assert.deepEqual(value.errors, [
      {
        message: 'An event could not be resolved; see request request-1 in the log.',
        extensions: { code: 'INTERNAL_ERROR' },
      },
    ]);
    assert.match(String(observer.failures[0]), /password=secret/);
    subgraph.execute = execute;
    await publish(2);
    assert.deepEqual(await takeIds(stream, 1), [2]);
  });
});

/** A bus that cannot be listened to while it is broken. */
class BrokenBus extends MemoryBus {
  broken = true;

  override async tail(...args: Parameters<MemoryBus['tail']>): Promise<Tail> {
    if (this.broken) throw new Error('connection refused');
    return super.tail(...args);
  }
}

describe('a bus', () => {
  it('that cannot be listened to refuses the subscription, and the next may work', async (test) => {
    const bus = new BrokenBus();
    const { ask, subscribe, publish, hub, swaps } = startHub(test, bus);
    const outcomes = await Promise.all([ask(), ask()]);
    for (const outcome of outcomes) {
      assert.ok('refused' in outcome);
      assert.equal(outcome.refused[0]?.extensions.code, 'SUBSCRIPTION_SOURCE_FAILED');
    }
    assert.equal(hub.openStreams, 0);
    assert.equal(swaps.current.inside, 0);
    bus.broken = false;
    const stream = await subscribe();
    await publish(1);
    assert.deepEqual(await takeIds(stream, 1), [1]);
  });

  it('that ends completes its streams, after what was published', async (test) => {
    const { subscribe, publish, bus, hub } = startHub(test);
    const stream = await subscribe();
    await publish(1);
    await bus.close();
    assert.deepEqual(await takeIds(stream, 1), [1]);
    assert.equal((await stream.next()).done, true);
    assert.equal(hub.openStreams, 0);
  });

  it('has one tail for each topic, however many groups follow it', async (test) => {
    const bus = new MemoryBus();
    const opened: string[] = [];
    const tail = bus.tail.bind(bus);
    bus.tail = (topic, options) => {
      opened.push(topic);
      return tail(topic, options);
    };
    const { subscribe, publish, observer } = startHub(test, bus);
    const people = ['ada', 'bob', 'cyd'].map((id) => agent(id, 'read'));
    const streams = await Promise.all(people.map((principal) => subscribe({ principal, scope: 'SUBJECT' })));
    await publish(1);
    for (const stream of streams) assert.deepEqual(await takeIds(stream, 1), [1]);
    assert.equal(observer.resolutions, 3);
    assert.deepEqual(opened, ['orders.7']);
  });
});
