import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEvent } from '@deskgraph/events';
import { migrateEvents, OutboxReader, PostgresBus } from '@deskgraph/events/postgres';
import { createDatabase } from '@deskgraph/postgres';
import { testDatabase } from '@deskgraph/postgres/testing';

const event = (type: string, topic: string, data: unknown = {}) =>
  createEvent({ type, topic, source: '/plugins/test', data });

describe('what operators read of the outbox', () => {
  it('is the last events that fit, in the order of publication', async () => {
    await using database = await testDatabase();
    const bus = await PostgresBus.open({ databaseUrl: database.url });
    await bus.publish([
      event('order.paid', 'orders.1'),
      event('order.paid', 'orders.2'),
      event('order_paid', 'orders%1'),
      event('stock.changed', 'stock'),
    ]);
    await bus.close();
    await using reader = new OutboxReader(database.url);
    const topics = async (filter: object, max = 10) =>
      (await reader.latest(filter, max)).map(({ event }) => event.topic);
    assert.deepEqual(await topics({}), ['orders.1', 'orders.2', 'orders%1', 'stock']);
    assert.deepEqual(await topics({}, 2), ['orders%1', 'stock']);
    assert.deepEqual(await topics({ type: 'order.paid' }), ['orders.1', 'orders.2']);
    // Neither % nor _ nor a dot is a pattern, and a star only at the end.
    assert.deepEqual(await topics({ type: 'order.*' }), ['orders.1', 'orders.2']);
    assert.deepEqual(await topics({ topic: 'orders%*' }), ['orders%1']);
    assert.deepEqual(await topics({ type: '*.paid' }), []);
    assert.deepEqual(await topics({ type: '*', topic: 'orders*' }, 1), ['orders%1']);
    assert.deepEqual(await topics({ since: new Date(Date.now() + 60_000) }), []);
    assert.deepEqual(await topics({ since: new Date(Date.now() - 60_000), topic: 'stock' }), ['stock']);
  });

  it('goes on after a position, also where a transaction commits late', async () => {
    await using database = await testDatabase();
    await migrateEvents(database.url);
    await using reader = new OutboxReader(database.url);
    assert.equal(await reader.lastPosition(), 0);
    const bus = await PostgresBus.open({ databaseUrl: database.url });
    await using writing = createDatabase({ url: database.url, schema: 'public' });
    const late = event('order.paid', 'late');
    await writing.transaction(async (tx) => {
      await bus.append(tx, [late]);
      await bus.publish([event('order.paid', 'early')]);
      assert.equal(await reader.lastPosition(), 1);
    });
    await bus.publish([]);
    const after = await reader.after(1, {}, 10);
    assert.deepEqual(
      after.map((record) => [record.position, record.event]),
      [[2, late]],
    );
    assert.deepEqual(await reader.after(2, {}, 10), []);
    await bus.close();
  });

  it('counts what waits, how long the oldest has, and what was published', async () => {
    await using database = await testDatabase();
    await migrateEvents(database.url);
    await using reader = new OutboxReader(database.url);
    assert.deepEqual(await reader.statistics(), { unpublished: 0, oldestMs: 0, published: 0 });
    await using writing = createDatabase({ url: database.url, schema: 'deskgraph_events' });
    const write = (id: string, agoMs: number) =>
      writing.query(
        `insert into event (source, event_id, type, topic, partition, envelope, written_at)
         values ('/test', $1, 'order.paid', 't', 0, $2, now() - make_interval(secs => $3 / 1000.0))`,
        [id, JSON.stringify(event('order.paid', 't')), agoMs],
      );
    await write('a', 60_000);
    await write('b', 0);
    const waiting = await reader.statistics();
    assert.deepEqual([waiting.unpublished, waiting.published], [2, 0]);
    assert.ok(waiting.oldestMs >= 60_000 && waiting.oldestMs < 120_000, String(waiting.oldestMs));
    assert.deepEqual(await reader.latest({}, 10), []);
    const bus = await PostgresBus.open({ databaseUrl: database.url });
    await bus.publish([]);
    assert.deepEqual(await reader.statistics(), { unpublished: 0, oldestMs: 0, published: 2 });
    await bus.close();
  });
});
