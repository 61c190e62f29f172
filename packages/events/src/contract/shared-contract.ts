import assert from 'node:assert/strict';
import type { EventBus } from '../event-bus.js';
import { dataOf, type OpenBus, openScene, Received, type Scene, Signal, take } from './scene.js';

/** Tests with two buses, as in two processes. */
export type SharedCases = Readonly<Record<string, (scene: Scene, other: EventBus) => Promise<void>>>;

/** What drivers promise that several processes share. */
export const sharedContract: SharedCases = {
  'what one process publishes, another one tails, at the same positions': async (scene, other) => {
    const { bus, topic, event } = scene;
    const [here, there] = [await bus.tail(topic), await other.tail(topic)];
    await bus.publish([event(1)]);
    await other.publish([event(2)]);
    const [seenHere, seenThere] = [await take(here, 2), await take(there, 2)];
    assert.deepEqual(dataOf(seenHere), [1, 2]);
    assert.deepEqual(seenHere, seenThere);
  },

  'processes of a group share its events: each goes to one of them, in order per key': async (
    scene,
    other,
  ) => {
    const { bus, type, group, event } = scene;
    const numbers = Array.from({ length: 200 }, (_, index) => index);
    const all = new Received(numbers.length);
    await bus.consume(group, [type], all.handler);
    await other.consume(group, [type], all.handler);
    const keyOf = (n: unknown) => `key ${Number(n) % 20}`;
    await bus.publish(numbers.map((n) => event(n, { key: keyOf(n) })));
    await all.complete.promise;
    assert.deepEqual(
      [...all.data].sort((a, b) => Number(a) - Number(b)),
      numbers,
    );
    for (const key of new Set(numbers.map(keyOf))) {
      const ofKey = all.data.filter((n) => keyOf(n) === key);
      assert.deepEqual(
        ofKey,
        [...ofKey].sort((a, b) => Number(a) - Number(b)),
      );
    }
  },

  'a process that leaves hands its partitions, and what it had not begun, to the others': async (
    scene,
    other,
  ) => {
    const { bus, type, group, event } = scene;
    const [begun, mayEnd] = [new Signal(), new Signal()];
    const leaving = await bus.consume(group, [type], async () => {
      begun.send();
      await mayEnd.promise;
    });
    await bus.publish([event(1, { key: 'k' }), event(2, { key: 'k' })]);
    await begun.promise;
    const rest = new Received(1);
    await other.consume(group, [type], rest.handler);
    mayEnd.send();
    await leaving.stop();
    await rest.complete.promise;
    assert.deepEqual(rest.data.at(-1), 2);
  },
};

/** Runs a case with two buses of its own. */
export async function runShared(open: OpenBus, run: SharedCases[string]): Promise<void> {
  await using scene = await openScene(open);
  const other = await open();
  try {
    await run(scene, other);
  } finally {
    await other.close();
  }
}
