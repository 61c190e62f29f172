import assert from 'node:assert/strict';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { type Cases, dataOf, Signal, take } from './scene.js';

const closed = (error: unknown) => isDeskgraphError(error, 'EVENT_BUS_UNAVAILABLE');

/** What `close` promises. */
export const closeContract: Cases = {
  'close ends every tail, after what it has buffered, and may be called twice': async ({
    bus,
    topic,
    event,
  }) => {
    const [waiting, unread] = [await bus.tail(`${topic}.quiet`), await bus.tail(topic)];
    const [witness, reading] = [await bus.tail(topic), take(waiting, 1)];
    await bus.publish([event(1)]);
    // A driver with a server may deliver a moment later.
    await take(witness, 1);
    await Promise.all([bus.close(), bus.close()]);
    assert.deepEqual(await reading, []);
    assert.deepEqual(dataOf(await take(unread, 2)), [1]);
  },

  'close tells handlers to end and waits for them': async ({ bus, type, group, event }) => {
    const begun = new Signal();
    let ended = false;
    await bus.consume(group, [type], async (_event, { signal }) => {
      begun.send();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      ended = true;
    });
    await bus.publish([event(1)]);
    await begun.promise;
    await bus.close();
    assert.equal(ended, true);
  },

  'a closed bus refuses everything': async ({ bus, topic, type, group, event }) => {
    await bus.close();
    await assert.rejects(bus.publish([event(1)]), closed);
    await assert.rejects(bus.tail(topic), closed);
    await assert.rejects(
      bus.consume(group, [type], () => {}),
      closed,
    );
  },
};
