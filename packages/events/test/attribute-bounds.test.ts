import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { createEvent } from '@deskgraph/events';
import { PostgresBus } from '@deskgraph/events/postgres';
import { testDatabase } from '@deskgraph/postgres/testing';

const event = (changes: object) =>
  createEvent({ type: 'order.paid', topic: 'orders', source: '/test', data: {}, ...changes });

describe('an attribute that no index holds', () => {
  // Random, because PostgreSQL would press a repeated letter into the index.
  const long = randomBytes(8_000).toString('hex');

  for (const name of ['id', 'source', 'type', 'topic', 'subject', 'partitionkey']) {
    it(`is refused by the outbox, and holds no other event up: ${name}`, async () => {
      await using database = await testDatabase();
      const bus = await PostgresBus.open({ databaseUrl: database.url });
      const tail = await bus.tail('orders');
      await assert.rejects(bus.store([{ ...event({}), [name]: long }]), {
        code: 'EVENT_INVALID',
        message: new RegExp(`${name} must have at most 1024 bytes, found 16000`),
      });
      const next = event({});
      await bus.store([next]);
      for await (const { event: heard } of tail) {
        assert.deepEqual(heard, next);
        break;
      }
      await bus.close();
    });
  }

  it('is counted in bytes of UTF-8, as PostgreSQL does', async () => {
    await using database = await testDatabase();
    const bus = await PostgresBus.open({ databaseUrl: database.url });
    const widest = event({ topic: 't'.repeat(1_024), subject: '付'.repeat(341) });
    assert.equal(await bus.store([{ ...widest, source: 's'.repeat(1_024), id: 'i'.repeat(1_024) }]), 1);
    await assert.rejects(bus.store([event({ subject: '付'.repeat(342) })]), { code: 'EVENT_INVALID' });
    await bus.publish([]);
    await bus.close();
  });
});
