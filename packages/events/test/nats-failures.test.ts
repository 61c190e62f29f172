import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEvent, type PositionedEvent, type Tail } from '@deskgraph/events';
import { NatsBus } from '@deskgraph/events/nats';
import { noNats, startNatsServer } from '@deskgraph/events/testing';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { headers } from '@nats-io/transport-node';
import { allOf, NatsScene, paid, until } from './nats-scene.js';

const timeout = 60_000;
const unavailable = (error: unknown) => isDeskgraphError(error, 'EVENT_BUS_UNAVAILABLE');
const gap = (error: unknown) => isDeskgraphError(error, 'RESUME_GAP');

async function take(tail: Tail, count: number): Promise<PositionedEvent[]> {
  const taken: PositionedEvent[] = [];
  for await (const event of tail) if (taken.push(event) === count) break;
  return taken;
}

const dataOf = (events: readonly PositionedEvent[]) => events.map(({ event }) => event.data);

describe('the NATS bus when the server fails', { skip: noNats ?? false }, () => {
  it('loses and reorders nothing that was accepted when the server is killed in mid-stream, three times', {
    timeout,
  }, async () => {
    await using scene = await NatsScene.start();
    const [publishing, consuming] = [await scene.bus(), await scene.bus()];
    const tail = await consuming.tail('order.7', { maxBuffered: 100_000 });
    const handled: unknown[] = [];
    await consuming.consume('shop', ['order.paid'], ({ data }) => void handled.push(data));
    let accepted = 0;
    let stopped = false;
    const load = (async () => {
      while (!stopped) {
        const batch = Array.from({ length: 10 }, (_, at) => paid(accepted + at));
        // Handed over again as the relay does it, until it is accepted.
        while (!(await publishing.publish(batch).then(() => true, unavailable)));
        accepted += batch.length;
      }
    })();
    for (let kills = 1; kills <= 3; kills++) {
      const before = accepted;
      await until(() => accepted > before + 300);
      await scene.server.kill();
      await scene.server.restart();
    }
    const afterwards = accepted;
    await until(() => accepted > afterwards + 300);
    stopped = true;
    await load;
    const expected = Array.from({ length: accepted }, (_, n) => n);
    assert.deepEqual(dataOf(await take(tail, accepted)), expected);
    await until(() => new Set(handled).size === accepted);
    // At least once: what was finished in the moment of the crash may come again, but nothing is passed over.
    const first = [...new Set(handled)];
    assert.deepEqual(first, expected);
  });

  it('refuses to publish after 5 s without a server, and goes on when it is there again', {
    timeout,
  }, async () => {
    await using scene = await NatsScene.start();
    const bus = await scene.bus();
    const tail = await bus.tail('order.7');
    await scene.server.kill();
    const begin = performance.now();
    const event = paid(1);
    await assert.rejects(bus.publish([event]), unavailable);
    const tookMs = performance.now() - begin;
    assert.ok(tookMs > 4_000 && tookMs < 6_500, `it took ${tookMs} ms`);
    await assert.rejects(allOf(bus.history('order.7', tail.start)), unavailable);
    await scene.server.restart();
    await bus.publish([event]);
    assert.deepEqual(dataOf(await take(tail, 1)), [1]);
  });

  it('publishes what is waiting as soon as the server is back, in order', { timeout }, async () => {
    await using scene = await NatsScene.start();
    const bus = await scene.bus();
    const tail = await bus.tail('order.7');
    await scene.server.kill();
    const publishing = bus.publish([1, 2, 3].map((n) => paid(n)));
    await scene.server.restart();
    await publishing;
    assert.deepEqual(dataOf(await take(tail, 3)), [1, 2, 3]);
  });

  it('closes in bounded time without a server', { timeout }, async () => {
    await using scene = await NatsScene.start();
    const bus = await scene.bus();
    await bus.consume('shop', ['order.paid'], () => {});
    await scene.server.kill();
    const begin = performance.now();
    await bus.close();
    assert.ok(performance.now() - begin < 15_000);
  });

  it('ends tails with a gap when the stream is deleted, and starts a new epoch', { timeout }, async () => {
    await using scene = await NatsScene.start();
    const bus = await scene.bus();
    const [tail, handled] = [await bus.tail('order.7'), [] as unknown[]];
    await bus.consume('shop', ['order.paid'], ({ data }) => void handled.push(data));
    await bus.publish([paid(1)]);
    await until(() => handled.length === 1);
    await (await scene.manager()).streams.delete('deskgraph_events');
    const reading = take(tail, 2);
    await bus.publish([paid(2)]);
    await assert.rejects(reading, gap);
    await assert.rejects(allOf(bus.history('order.7', tail.start)), gap);
    const anew = await bus.tail('order.7');
    assert.notEqual(anew.start.epoch, tail.start.epoch);
    await bus.publish([paid(3)]);
    assert.deepEqual(dataOf(await take(anew, 1)), [3]);
    // The group handles all of the new stream, what was published before it noticed included.
    await until(() => handled.length === 3);
    assert.deepEqual(handled, [1, 2, 3]);
  });

  it('goes on with everything made anew when the server comes back empty', { timeout }, async () => {
    await using scene = await NatsScene.start();
    const bus = await scene.bus();
    const tail = await bus.tail('order.7');
    const handled: unknown[] = [];
    await bus.consume('shop', ['order.paid'], ({ data }) => void handled.push(data));
    await bus.publish([paid(1)]);
    await until(() => handled.length === 1);
    assert.equal((await take(tail, 1)).length, 1);
    const lost = await bus.tail('order.7');
    await scene.server.wipe();
    await scene.server.restart();
    await bus.publish([paid(2)]);
    await assert.rejects(take(lost, 1), gap);
    await until(() => handled.length === 2);
    assert.deepEqual(handled, [1, 2]);
    assert.deepEqual(
      (await bus.administration.groups()).map(({ group }) => group),
      ['shop'],
    );
  });

  it('answers a position that lies before what is kept with a gap, and one at its edge with everything', {
    timeout,
  }, async () => {
    await using scene = await NatsScene.start();
    const bus = await scene.bus();
    const { start } = await bus.tail('order.7');
    await bus.publish([1, 2, 3, 4].map((n) => paid(n)));
    await (await scene.manager()).streams.purge('deskgraph_events', { seq: 3 });
    const at = (sequence: number) => ({ ...start, sequence });
    assert.deepEqual(dataOf(await allOf(bus.history('order.7', at(2)))), [3, 4]);
    await assert.rejects(allOf(bus.history('order.7', at(1))), gap);
    await (await scene.manager()).streams.purge('deskgraph_events');
    assert.deepEqual(await allOf(bus.history('order.7', at(4))), []);
    await assert.rejects(allOf(bus.history('order.7', at(3))), gap);
  });

  it('ends a tail with a gap when events were deleted while it was cut off', { timeout }, async () => {
    await using scene = await NatsScene.start();
    const [away, here] = [await scene.bus(), await scene.bus()];
    const tail = await away.tail('order.7');
    // Its consumer is gone, as after a partition of the network; it notices within seconds.
    const manager = await scene.manager();
    const consumers = await manager.consumers.list('deskgraph_events').next();
    for (const { name } of consumers) await manager.consumers.delete('deskgraph_events', name);
    await here.publish([paid(1), paid(2)]);
    await manager.streams.purge('deskgraph_events');
    await here.publish([paid(3)]);
    await assert.rejects(take(tail, 3), gap);
  });

  it('notices a consumer that was deleted behind its back, and misses nothing', { timeout }, async () => {
    await using scene = await NatsScene.start();
    const bus = await scene.bus();
    const tail = await bus.tail('order.7');
    const manager = await scene.manager();
    const [consumer] = await manager.consumers.list('deskgraph_events').next();
    await manager.consumers.delete('deskgraph_events', consumer?.name as string);
    await bus.publish([paid(1), paid(2)]);
    assert.deepEqual(dataOf(await take(tail, 2)), [1, 2]);
  });

  it('leaves out messages that are no events', { timeout }, async () => {
    await using scene = await NatsScene.start();
    const bus = await scene.bus();
    const tail = await bus.tail('order.7');
    const handled: unknown[] = [];
    await bus.consume('shop', ['order.paid'], ({ data }) => void handled.push(data));
    const nats = await scene.connection();
    const strange = headers();
    strange.set('Deskgraph', 'no');
    for (const subject of ['deskgraph.events.x', 'deskgraph.events.99.a.b', 'deskgraph.events.3.a.b.c.d.e']) {
      nats.publish(subject, 'no JSON', { headers: strange });
      nats.publish(subject, '');
    }
    await nats.flush();
    await bus.publish([paid(1)]);
    assert.deepEqual(dataOf(await take(tail, 1)), [1]);
    assert.deepEqual(dataOf(await allOf(bus.history('order.7', { ...tail.start, sequence: 0 }))), [1]);
    await until(() => handled.length === 1);
  });
});

describe('the NATS bus at its start', { skip: noNats ?? false }, () => {
  it('says what is wrong with the server', { timeout }, async () => {
    await assert.rejects(NatsBus.open({ url: 'nats://127.0.0.1:1' }), unavailable);
    await assert.rejects(NatsBus.open({ url: 'http://127.0.0.1' }), (error: unknown) =>
      isDeskgraphError(error, 'CONFIG_INVALID'),
    );
    await using server = await startNatsServer(['--user', 'hub', '--pass', 'p@ss:word/1']);
    await assert.rejects(NatsBus.open({ url: server.url }), unavailable);
    await assert.rejects(
      NatsBus.open({ url: server.url.replace('//', '//hub:wrong@') }),
      (error: unknown) => unavailable(error) && !String(error).includes('wrong'),
    );
    const url = server.url.replace('//', `//hub:${encodeURIComponent('p@ss:word/1')}@`);
    const bus = await NatsBus.open({ url });
    await bus.publish([paid(1)]);
    await bus.close();
  });

  it('shares a server with another hub under another name', { timeout }, async () => {
    await using scene = await NatsScene.start();
    const [one, two] = [await scene.bus(), await scene.bus({ name: 'second-hub' })];
    const [ones, twos] = [await one.tail('order.7'), await two.tail('order.7')];
    await one.publish([paid('one')]);
    await two.publish([paid('two')]);
    assert.deepEqual(dataOf(await take(ones, 1)), ['one']);
    assert.deepEqual(dataOf(await take(twos, 1)), ['two']);
    await assert.rejects(scene.bus({ name: 'a.b' }), (error: unknown) =>
      isDeskgraphError(error, 'CONFIG_INVALID'),
    );
  });

  it('serves history from before its process began, from memory and from further back', {
    timeout,
  }, async () => {
    await using scene = await NatsScene.start();
    const first = await scene.bus();
    const { start } = await first.tail('order.7');
    // More than a bus keeps in memory.
    const numbers = Array.from({ length: 12_000 }, (_, n) => n);
    await first.publish(numbers.map((n) => paid(n, n % 1_000 === 7 ? '7' : `other-${n % 500}`)));
    const second = await scene.bus();
    const expected = numbers.filter((n) => n % 1_000 === 7);
    const found = await allOf(second.history('order.7', start));
    assert.deepEqual(dataOf(found), expected);
    const late = found[6]?.position ?? start;
    assert.deepEqual(dataOf(await allOf(second.history('order.7', late))), expected.slice(7));
  });

  it('carries topics, types and keys of any characters and length', { timeout }, async () => {
    await using scene = await NatsScene.start();
    const bus = await scene.bus();
    const names = [
      'a b',
      'a.b',
      'a=2Eb',
      '*',
      '>',
      '你好 😀',
      'x'.repeat(9_000),
      `${'x'.repeat(8_999)}y`,
      '=',
    ];
    const handled = new Map<string, unknown[]>();
    for (const name of names) {
      handled.set(name, []);
      await bus.consume(`group ${name}`, [name], ({ data }) => void handled.get(name)?.push(data));
    }
    for (const name of names) {
      const tail = await bus.tail(name);
      await bus.publish([
        createEvent({ type: name, source: '/test', topic: name, partitionkey: name, data: name }),
      ]);
      assert.deepEqual(dataOf(await take(tail, 1)), [name]);
      assert.deepEqual(dataOf(await allOf(bus.history(name, tail.start))), [name]);
    }
    await until(() => names.every((name) => handled.get(name)?.length === 1));
    for (const name of names) assert.deepEqual(handled.get(name), [name]);
  });
});
