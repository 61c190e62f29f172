import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { EventEnvelope } from '@deskgraph/events';
import { startRig } from '../rig/start-rig.js';
import { type EventsRig, startEventsRig } from './events-rig.js';
import { refusedCases } from './refusals.js';
import { orderPaid, Shop } from './shop.js';

describe('POST /events (schema/EVENTS.md, section 8)', () => {
  let events: EventsRig;
  before(async () => {
    events = await startEventsRig();
  });
  after(() => events[Symbol.asyncDispose]());

  /** The first event on the topic after `work` began. */
  const heardOn = async (topic: string, work: () => Promise<unknown>): Promise<EventEnvelope> => {
    const tail = await events.bus.tail(topic);
    await work();
    for await (const { event } of tail) return event;
    throw new Error('the tail ended');
  };

  it('stores an event, and publishes it with the defaults for topic and partition key', async () => {
    const event = orderPaid({ data: { orderId: 'o-1', note: '已付款 \u{1f600}' } });
    const heard = await heardOn('order.paid', async () => {
      const answer = await events.shop.post(event);
      assert.deepEqual(answer, { status: 202, body: { id: event.id, duplicate: false } });
    });
    assert.deepEqual(heard, { ...event, topic: 'order.paid', partitionkey: 'o-1' });
    const { subject: _, ...bare } = orderPaid({ topic: 'orders.o-1' });
    const { partitionkey } = await heardOn('orders.o-1', () => events.shop.post(bare));
    assert.equal(partitionkey, 'orders.o-1');
  });

  it('takes an identity once, however often and at the same time it is sent', async () => {
    const { counted, publishedDuring, shop } = events;
    const [stored, duplicates] = [await counted('shop', 'stored'), await counted('shop', 'duplicate')];
    const event = orderPaid();
    const ids = await publishedDuring(async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => shop.post(event)));
      assert.ok(answers.every(({ status, body }) => status === 202 && body.id === event.id));
      assert.equal(answers.filter(({ body }) => body.duplicate === false).length, 1);
    });
    assert.deepEqual(ids, [event.id]);
    assert.equal(await counted('shop', 'stored'), stored + 3);
    assert.equal(await counted('shop', 'duplicate'), duplicates + 7);
  });

  it('takes either secret while one is changed for the other, and one good signature among several', async () => {
    const { shop } = events;
    assert.equal((await shop.post(orderPaid(), { key: shop.oldKey })).status, 202);
    assert.equal((await shop.post(orderPaid(), { others: 'v1a,abc v1,AAAA ' })).status, 202);
  });

  for (const { name, send, status, code, sender } of refusedCases) {
    it(`refuses ${name}: counted, and stored nowhere`, async () => {
      const before = await events.counted(sender, code);
      const ids = await events.publishedDuring(async () => {
        const answer = await send(events.shop);
        assert.deepEqual([answer.status, answer.code], [status, code], answer.message);
      });
      assert.deepEqual(ids, []);
      assert.equal(await events.counted(sender, code), before + 1);
    });
  }

  it('takes what is just inside the bounds', async () => {
    const { shop } = events;
    const accepted = async (...args: Parameters<Shop['post']>) =>
      assert.equal((await shop.post(...args)).status, 202);
    const now = Math.floor(Date.now() / 1000);
    for (const away of [-295, 295]) await accepted(orderPaid(), { timestamp: String(now + away) });
    await accepted(orderPaid({ time: new Date(Date.now() + 4 * 60_000).toISOString() }));
    for (const time of ['1999-01-01T00:00:00+08:00', '2016-12-31T23:59:60Z', '2016-12-31t23:59:60.5z'])
      await accepted(orderPaid({ time }));
    await accepted(
      orderPaid({ data: { orderId: 'o-1', deep: JSON.parse('['.repeat(60) + ']'.repeat(60)) } }),
    );
    await accepted(orderPaid({ id: 'i'.repeat(1024), source: `https://shop.example/${'s'.repeat(1000)}` }));
    await accepted(orderPaid(), {
      headers: { 'content-type': 'Application/CloudEvents+JSON; charset="UTF-8"' },
    });
  });

  it('refuses an event that only its defaults make too large', async () => {
    const bare = orderPaid({ data: { orderId: 'o-1', filler: '' } });
    const filler = 'x'.repeat(256 * 1024 - JSON.stringify(bare).length);
    const answer = await events.shop.post({ ...bare, data: { orderId: 'o-1', filler } });
    assert.deepEqual([answer.status, answer.code], [400, 'EVENT_INVALID']);
  });

  it('counts a check that breaks, and tells the sender no more than a request id', async () => {
    const answer = await events.shop.post(orderPaid({ type: 'order.broken' }));
    assert.deepEqual([answer.status, answer.code], [500, 'INTERNAL_ERROR']);
    assert.doesNotMatch(answer.message ?? '', /breaks/);
    assert.equal(await events.counted('shop', 'INTERNAL_ERROR'), 1);
  });

  it('takes nothing but POST, and is not there without a hub', async () => {
    const read = await fetch(`${events.rig.url}/events`);
    assert.deepEqual([read.status, read.headers.get('allow')], [405, 'POST']);
    await using alone = await startRig();
    const { status, code } = await new Shop(() => alone.url).post(orderPaid());
    assert.deepEqual([status, code], [404, 'NOT_FOUND']);
  });

  it('has logged neither bodies nor secrets, whatever happened above', () => {
    const { shop, logged, rig } = events;
    const text = inspect([logged, rig.logged], { depth: 9, maxArrayLength: null });
    assert.ok(logged.length > refusedCases.length / 2);
    for (const key of [shop.key, shop.oldKey]) assert.ok(!text.includes(key.toString('base64')));
    assert.ok(!/shop\.example|orderId/.test(text));
  });
});

describe('POST /events while the database is away', () => {
  it('asks for the event again, counts that, and logs it without the event', async () => {
    await using events = await startEventsRig();
    await events.dropDatabase();
    const { status, code } = await events.shop.post(orderPaid());
    assert.deepEqual([status, code], [503, 'EVENT_BUS_UNAVAILABLE']);
    assert.equal(await events.counted('shop', 'EVENT_BUS_UNAVAILABLE'), 1);
    assert.ok(events.logged.some(({ message }) => message === 'an event from outside could not be stored'));
    assert.ok(!/shop\.example|orderId/.test(inspect(events.logged, { depth: 9 })));
  });
});
