import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEvent, type EventHandler } from '@deskgraph/events';
import { PostgresBus } from '@deskgraph/events/postgres';
import { testDatabase } from '@deskgraph/postgres/testing';

/** What handlers in plain JavaScript may return instead of a promise. */
const results: readonly unknown[] = [0, 7, 'text', true, null, {}, []];

describe('an event handler in plain JavaScript', () => {
  it('has handled the event, whatever it returns that is no promise', async () => {
    await using database = await testDatabase();
    const bus = await PostgresBus.open({ databaseUrl: database.url });
    const handled: unknown[] = [];
    const all = new Promise<void>((resolve) => {
      const handler = (({ data }) => {
        handled.push(data);
        if (handled.length === results.length) resolve();
        return results[handled.length - 1];
      }) as EventHandler;
      // Of one key: each is handled only when the one before it is finished.
      void bus
        .consume('careless', ['order.paid'], handler)
        .then(() =>
          bus.publish(
            results.map((_, index) =>
              createEvent({ type: 'order.paid', topic: 'orders', source: '/test', data: index }),
            ),
          ),
        );
    });
    await all;
    assert.deepEqual(handled, [...results.keys()]);
    await bus.close();
    const again = await PostgresBus.open({ databaseUrl: database.url });
    const [group] = await again.administration.groups();
    assert.deepEqual([group?.lag, group?.deadLetters], [0, 0]);
    await again.close();
  });
});
