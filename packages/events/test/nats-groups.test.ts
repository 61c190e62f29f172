import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { type ConsumeOptions, partitionOf } from '@deskgraph/events';
import { noNats } from '@deskgraph/events/testing';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { NatsScene, paid, until } from './nats-scene.js';

const timeout = 60_000;
/** Quick, so that tests are. */
const quick: ConsumeOptions = { firstBackoffMs: 5, longestBackoffMs: 20, maxDeliveries: 4 };

interface Record {
  readonly lanes: readonly { readonly owner: string | null }[];
  readonly members: { readonly [id: string]: { readonly beat: number } };
}

async function recordOf(scene: NatsScene): Promise<Record> {
  const manager = await scene.manager();
  const message = await manager.streams.getMessage('deskgraph_groups', {
    last_by_subj: 'deskgraph.groups.shop',
  });
  return message?.json<Record>() ?? { lanes: [], members: {} };
}

/** A key whose events are in a partition. */
function keyIn(partition: number): string {
  for (let key = 0; ; key++) if (partitionOf(`order.${key}`) === partition) return String(key);
}

describe('consumer groups on NATS', { skip: noNats ?? false }, () => {
  it('hand over what a killed process had begun and had waiting, first and in order', {
    timeout,
  }, async () => {
    await using scene = await NatsScene.start();
    const victim = await scene.hangingConsumer('shop', 'order.paid', 1_500);
    const bus = await scene.bus({ leaseMs: 1_500 });
    await bus.publish([1, 2, 3].map((n) => paid(n)));
    assert.equal(await victim.begun(), 1);
    const handled: unknown[] = [];
    await bus.consume('shop', ['order.paid'], ({ data }) => void handled.push(data));
    await bus.publish([paid(4)]);
    const begin = performance.now();
    victim.process.kill('SIGKILL');
    await once(victim.process, 'exit');
    await until(() => handled.length === 4);
    assert.deepEqual(handled, [1, 2, 3, 4]);
    // The lease, and two looks at it.
    assert.ok(performance.now() - begin < 1_500 * 2 + 1_000);
  });

  it('leave a process alone that lives, however long its handler takes, also when there are more processes', {
    timeout,
  }, async () => {
    await using scene = await NatsScene.start();
    const holder = await scene.hangingConsumer('shop', 'order.paid', 600);
    const bus = await scene.bus({ leaseMs: 600 });
    await bus.publish([paid(1)]);
    assert.equal(await holder.begun(), 1);
    const other: unknown[] = [];
    await bus.consume('shop', ['order.paid'], ({ data }) => void other.push(data));
    // It gets its share of the partitions that nobody works on.
    await until(async () => new Set((await recordOf(scene)).lanes.map(({ owner }) => owner)).size === 2);
    await bus.publish(Array.from({ length: 16 }, (_, partition) => paid('probe', keyIn(partition))));
    await until(() => other.length === 8);
    const beats = async () => Object.values((await recordOf(scene)).members).map(({ beat }) => beat);
    const [first = 0] = await beats();
    await until(async () => Math.min(...(await beats())) > first + 8);
    assert.deepEqual(other, Array(8).fill('probe'), 'an event went to another process while its handler ran');
  });

  it('are not set back by a process that was suspended beyond its lease', { timeout }, async () => {
    await using scene = await NatsScene.start();
    const sleeper = await scene.hangingConsumer('shop', 'order.paid', 900);
    const bus = await scene.bus({ leaseMs: 900 });
    await bus.publish([paid(1), paid(2)]);
    assert.equal(await sleeper.begun(), 1);
    sleeper.process.kill('SIGSTOP');
    const handled: unknown[] = [];
    await bus.consume('shop', ['order.paid'], ({ data }) => void handled.push(data));
    await until(() => handled.length === 2);
    await until(async () => (await bus.administration.groups())[0]?.lag === 0);
    sleeper.process.kill('SIGCONT');
    // It joins again as a member with a share; what was finished stays finished.
    await until(async () => (await bus.administration.groups())[0]?.members === 2);
    await bus.publish([paid(3)]);
    const third = await Promise.race([sleeper.begun(), until(() => handled.length === 3).then(() => 3)]);
    assert.equal(third, 3);
    assert.deepEqual(handled.slice(0, 2), [1, 2]);
  });

  it('share partitions evenly among processes that come and go', { timeout }, async () => {
    await using scene = await NatsScene.start();
    const buses = [];
    for (let n = 0; n < 5; n++) buses.push(await scene.bus({ leaseMs: 600 }));
    for (const bus of buses) await bus.consume('shop', ['order.paid'], () => {});
    const owners = async () => {
      const counts = new Map<string, number>();
      for (const { owner } of (await recordOf(scene)).lanes) {
        if (owner !== null) counts.set(owner, (counts.get(owner) ?? 0) + 1);
      }
      return [...counts.values()].sort((a, b) => a - b);
    };
    const shares = async (count: number) => {
      const found = await owners();
      return (
        found.length === count &&
        found.reduce((a, b) => a + b) === 16 &&
        Math.max(...found) <= Math.ceil(16 / count)
      );
    };
    await until(() => shares(5));
    await Promise.all(buses.slice(0, 3).map((bus) => bus.close()));
    await until(() => shares(2));
  });

  it('count deliveries over restarts of the process and of the server', { timeout }, async () => {
    await using scene = await NatsScene.start();
    const deliveries: number[] = [];
    const fail = (_event: unknown, { delivery }: { delivery: number }) => {
      deliveries.push(delivery);
      throw new Error(`failed ${delivery} times`);
    };
    const slow: ConsumeOptions = { firstBackoffMs: 30_000, longestBackoffMs: 30_000, maxDeliveries: 3 };
    const first = await scene.bus();
    await first.consume('shop', ['order.paid'], fail, slow);
    await first.publish([paid(1)]);
    await until(() => deliveries.length === 1);
    await first.close();
    await scene.server.kill();
    await scene.server.restart();
    const second = await scene.bus();
    await second.consume('shop', ['order.paid'], fail, slow);
    await until(() => deliveries.length === 2);
    await second.close();
    const third = await scene.bus();
    await third.consume('shop', ['order.paid'], fail, slow);
    await until(async () => (await third.administration.deadLetters()).length === 1);
    assert.deepEqual(deliveries, [1, 2, 3]);
    const [letter] = await third.administration.deadLetters();
    assert.deepEqual([letter?.deliveries, letter?.reason], [3, 'failed 3 times']);
  });

  it('keep dead letters over a restart of the server, and hand them over again once', {
    timeout,
  }, async () => {
    await using scene = await NatsScene.start();
    const bus = await scene.bus();
    const handled: unknown[] = [];
    let poisonous = true;
    await bus.consume(
      'shop',
      ['order.paid'],
      ({ data }) => {
        if (data === 'poison' && poisonous) throw new Error('no');
        handled.push(data);
      },
      quick,
    );
    await bus.publish([paid('poison'), paid('after')]);
    await until(async () => (await bus.administration.deadLetters()).length === 1);
    await scene.server.kill();
    await scene.server.restart();
    await until(() => handled.length === 1);
    const [letter] = await bus.administration.deadLetters({ group: 'shop' });
    poisonous = false;
    const id = letter?.id as string;
    const { administration } = bus;
    assert.equal(
      (await Promise.all([administration.redeliver([id, id]), administration.redeliver([id])])).sort()[1],
      1,
    );
    await until(() => handled.length === 2);
    await bus.publish([paid('end')]);
    await until(() => handled.includes('end'));
    assert.deepEqual(handled, ['after', 'poison', 'end']);
    assert.equal(await administration.redeliver([id, 'x', '0', '-1', '1e3', '99999999999999999999']), 0);
    assert.equal(await administration.discard([id, 'x']), 0);
  });

  it('do not show to tails and history what is handed to one group again', { timeout }, async () => {
    await using scene = await NatsScene.start();
    const bus = await scene.bus();
    const tail = await bus.tail('order.7');
    let healthy = false;
    const handled: unknown[] = [];
    const handle = ({ data }: { data: unknown }) => {
      if (!healthy) throw new Error('not yet');
      handled.push(data);
    };
    await bus.consume('shop', ['order.paid'], handle, { ...quick, maxDeliveries: 1 });
    await bus.publish([paid(1)]);
    await until(async () => (await bus.administration.deadLetters()).length === 1);
    healthy = true;
    await bus.administration.redeliver((await bus.administration.deadLetters()).map(({ id }) => id));
    await until(() => handled.length === 1);
    await bus.publish([paid(2)]);
    const seen: unknown[] = [];
    for await (const { event } of tail) if (seen.push(event.data) === 2) break;
    assert.deepEqual(seen, [1, 2]);
    const again: unknown[] = [];
    for await (const { event } of bus.history('order.7', tail.start)) again.push(event.data);
    assert.deepEqual(again, [1, 2]);
  });

  it('catch up with more than fits into memory, whole and in order', { timeout }, async () => {
    await using scene = await NatsScene.start();
    const bus = await scene.bus();
    const before = await bus.consume('shop', ['order.paid'], () => {});
    await before.stop();
    const numbers = Array.from({ length: 25_000 }, (_, n) => n);
    await bus.publish(numbers.map((n) => paid(n, String(n % 200))));
    const [late, lag] = [await scene.bus(), (await bus.administration.groups())[0]?.lag ?? 0];
    assert.equal(lag, numbers.length);
    const handled: number[] = [];
    await late.consume('shop', ['order.paid'], ({ data }) => void handled.push(data as number));
    await until(() => handled.length >= numbers.length);
    assert.equal(handled.length, numbers.length);
    const last = new Map<number, number>();
    for (const n of handled) {
      assert.ok((last.get(n % 200) ?? -1) < n, 'the order of a key is broken');
      last.set(n % 200, n);
    }
    await until(async () => (await bus.administration.groups())[0]?.lag === 0);
  });

  it('refuse to be set back further than the log reaches', { timeout }, async () => {
    await using scene = await NatsScene.start();
    const bus = await scene.bus();
    await bus.consume('shop', ['order.paid'], () => {});
    const beginning = new Date(Date.now() - 60_000);
    await bus.publish([paid(1), paid(2)]);
    assert.equal(await bus.administration.replay('shop', beginning), 2);
    await (await scene.manager()).streams.purge('deskgraph_events', { seq: 2 });
    await assert.rejects(bus.administration.replay('shop', beginning), (error: unknown) =>
      isDeskgraphError(error, 'RESUME_GAP'),
    );
    assert.equal(await bus.administration.replay('shop', new Date(Date.now() + 60_000)), 0);
  });

  it('let many handlers of one partition run at once without a warning of Node', { timeout }, async () => {
    await using scene = await NatsScene.start();
    const bus = await scene.bus();
    const warnings: Error[] = [];
    const warn = (warning: Error) => void warnings.push(warning);
    process.on('warning', warn);
    const keys = Array.from({ length: 1_000 }, (_, n) => String(n)).filter(
      (key) => partitionOf(`order.${key}`) === 3,
    );
    let running = 0;
    let most = 0;
    let ended = 0;
    await bus.consume(
      'shop',
      ['order.paid'],
      async (_event, { delivery }) => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
        if (delivery === 1) throw new Error('once');
        ended++;
      },
      quick,
    );
    await bus.publish(keys.slice(0, 40).map((key) => paid(key, key)));
    await until(() => ended === 40);
    process.off('warning', warn);
    assert.ok(most > 10, `only ${most} ran at once`);
    assert.deepEqual(warnings, []);
  });
});
