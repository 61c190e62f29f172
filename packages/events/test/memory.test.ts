import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createEvent, MemoryBus } from '@deskgraph/events';
import { eventBusContract } from '@deskgraph/events/contract';
import type { Logger } from '@deskgraph/plugin-sdk';

eventBusContract('MemoryBus', async () => new MemoryBus());

const event = (data: unknown) => createEvent({ type: 'order.paid', topic: 'order.7', source: '/test', data });

it('MemoryBus logs what a handler could not do, because nothing retries it', async () => {
  const logged: object[] = [];
  const log = { error: (fields: object) => logged.push(fields) } as unknown as Logger;
  const bus = new MemoryBus(log);
  const failed = event(1);
  const consumer = await bus.consume('shop', ['order.paid'], () => {
    throw new Error('out of stock');
  });
  await bus.publish([failed]);
  await consumer.stop();
  await bus.close();
  const [entry] = logged as { error: Error; group: string; id: string }[];
  assert.equal(entry?.error.message, 'out of stock');
  assert.deepEqual([entry?.group, entry?.id], ['shop', failed.id]);
});

it('MemoryBus closes in bounded time although a handler never ends, and drops what waits behind it', async () => {
  const bus = new MemoryBus();
  const handled: unknown[] = [];
  await bus.consume('shop', ['order.paid'], ({ data }) => {
    handled.push(data);
    return new Promise(() => {});
  });
  await bus.publish([event(1), event(2)]);
  await bus.close();
  assert.deepEqual(handled, [1]);
});
