import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { dataOf, type OpenBus, openScene, Signal, take } from './scene.js';

const closed = (error: unknown) => isDeskgraphError(error, 'EVENT_BUS_UNAVAILABLE');

/** What `close` promises. */
export function closeContract(open: OpenBus): void {
  it('close ends every tail, after what it has buffered, and may be called twice', async () => {
    await using scene = await openScene(open);
    const { bus, topic, event } = scene;
    const [waiting, unread] = [await bus.tail([`${topic}.quiet`]), await bus.tail([topic])];
    const [witness, reading] = [await bus.tail([topic]), take(waiting, 1)];
    await bus.publish([event(1)]);
    // A driver with a server may deliver a moment later.
    await take(witness, 1);
    await Promise.all([bus.close(), bus.close()]);
    assert.deepEqual(await reading, []);
    assert.deepEqual(dataOf(await take(unread, 2)), [1]);
  });

  it('close tells handlers to end and waits for them', async () => {
    await using scene = await openScene(open);
    const { bus, type, group, event } = scene;
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
  });

  it('a closed bus refuses everything', async () => {
    await using scene = await openScene(open);
    const { bus, topic, type, group, event } = scene;
    await bus.close();
    await assert.rejects(bus.publish([event(1)]), closed);
    await assert.rejects(bus.tail([topic]), closed);
    await assert.rejects(
      bus.consume(group, [type], () => {}),
      closed,
    );
  });
}
