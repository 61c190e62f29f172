import assert from 'node:assert/strict';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { type Cases, dataOf, Signal, take } from './scene.js';

/** What `publish` promises. */
export const publishContract: Cases = {
  'an envelope that is no CloudEvent is refused, and nothing of the call is delivered': async ({
    bus,
    topic,
    event,
  }) => {
    const tail = await bus.tail(topic);
    await assert.rejects(bus.publish([event(1), { ...event(2), type: '' }]), (error: unknown) =>
      isDeskgraphError(error, 'EVENT_INVALID'),
    );
    await bus.publish([event(3)]);
    assert.deepEqual(dataOf(await take(tail, 1)), [3]);
  },

  'an event arrives as it was sent, text of all scripts and nested data included': async ({
    bus,
    topic,
    type,
    group,
    event,
  }) => {
    const sent = {
      ...event({ text: '你好 😀 "', list: [1, 0.1, null, { deep: true }] }),
      subject: 'order 7',
    };
    const tail = await bus.tail(topic);
    const handled = new Signal<unknown>();
    await bus.consume(group, [type], (received) => handled.send(received));
    await bus.publish([sent]);
    assert.deepEqual((await take(tail, 1))[0]?.event, sent);
    assert.deepEqual(await handled.promise, sent);
  },

  'publish may be called by a handler for what follows from an event': async ({
    bus,
    topic,
    type,
    group,
    event,
  }) => {
    const tail = await bus.tail(`${topic}.reply`);
    await bus.consume(group, [type], ({ data }) =>
      bus.publish([event(`reply to ${data}`, { topic: `${topic}.reply`, type: `${type}.reply` })]),
    );
    await bus.publish([event('question')]);
    assert.deepEqual(dataOf(await take(tail, 1)), ['reply to question']);
  },

  'publish of nothing is fine': async ({ bus }) => {
    await bus.publish([]);
  },
};
