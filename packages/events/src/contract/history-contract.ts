import assert from 'node:assert/strict';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import type { EventBus, PositionedEvent } from '../event-bus.js';
import type { Position } from '../position.js';
import { type Cases, dataOf, take } from './scene.js';

const gap = (error: unknown) => isDeskgraphError(error, 'RESUME_GAP');

async function read(bus: EventBus, topic: string, after: Position): Promise<PositionedEvent[]> {
  const events: PositionedEvent[] = [];
  for await (const event of bus.history(topic, after)) events.push(event);
  return events;
}

/** What `history` promises (schema/EVENTS.md, section 5). */
export const historyContract: Cases = {
  'history gives what came after a position, as the tail had it, and of the topic only': async ({
    bus,
    topic,
    event,
  }) => {
    const tail = await bus.tail(topic);
    await bus.publish([event(1), event('elsewhere', { topic: `${topic}.other` }), event(2), event(3)]);
    const seen = await take(tail, 3);
    assert.deepEqual(await read(bus, topic, tail.start), seen);
    assert.deepEqual(dataOf(await read(bus, topic, (seen[0] as PositionedEvent).position)), [2, 3]);
    assert.deepEqual(await read(bus, topic, (seen[2] as PositionedEvent).position), []);
  },

  'a topic that nothing was published on has a position and an empty history': async ({ bus, topic }) => {
    const { start } = await bus.tail(topic);
    assert.deepEqual(await read(bus, topic, start), []);
  },

  'what a tail that began on a silent topic missed is in the history': async ({ bus, topic, event }) => {
    const tail = await bus.tail(topic);
    tail.close();
    await bus.publish([event(1)]);
    await bus.publish([event(2)]);
    assert.deepEqual(dataOf(await read(bus, topic, tail.start)), [1, 2]);
  },

  'a long history comes whole and in order': async ({ bus, topic, event }) => {
    const { start } = await bus.tail(topic);
    const numbers = Array.from({ length: 700 }, (_, index) => index);
    await bus.publish(numbers.map((n) => event(n, { key: `${topic} ${n % 7}` })));
    assert.deepEqual(
      dataOf(await read(bus, topic, start)).sort((a, b) => Number(a) - Number(b)),
      numbers,
    );
  },

  'a position of another epoch, or one that was never given, is a gap': async ({ bus, topic, event }) => {
    const tail = await bus.tail(topic);
    await bus.publish([event(1)]);
    const { position } = (await take(tail, 1))[0] as PositionedEvent;
    await assert.rejects(read(bus, topic, { ...position, epoch: 'another' }), gap);
    await assert.rejects(read(bus, topic, { ...position, sequence: position.sequence + 1_000_000_000 }), gap);
  },

  'history and a tail that was opened before it leave nothing out': async ({ bus, topic, event }) => {
    const { start } = await bus.tail(topic);
    const numbers = Array.from({ length: 60 }, (_, index) => index);
    const publishing = (async () => {
      for (const n of numbers) {
        await bus.publish([event(n)]);
        await new Promise(setImmediate);
      }
    })();
    while ((await read(bus, topic, start)).length < 10) await new Promise(setImmediate);
    const tail = await bus.tail(topic);
    const seen = dataOf(await read(bus, topic, start));
    await publishing;
    await bus.publish([event('end')]);
    for await (const { event } of tail) {
      if (event.data === 'end') break;
      if (!seen.includes(event.data)) seen.push(event.data);
    }
    assert.deepEqual(seen, numbers);
  },
};
