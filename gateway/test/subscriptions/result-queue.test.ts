import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { ResultQueue } from '../../src/subscriptions/result-queue.js';

function open(maxItems = 3) {
  let ends = 0;
  const queue = new ResultQueue<number>(maxItems, () => ends++);
  return { queue, ends: () => ends };
}

const slow = (error: unknown) => isDeskgraphError(error) && error.code === 'SLOW_CONSUMER';

describe('a queue of results', () => {
  it('gives items in order, whether they or the reader come first', async () => {
    const { queue } = open();
    queue.push(1);
    queue.push(2);
    assert.deepEqual(await queue.next(), { value: 1, done: false });
    assert.deepEqual(await queue.next(), { value: 2, done: false });
    const waiting = queue.next();
    queue.push(3);
    assert.deepEqual(await waiting, { value: 3, done: false });
  });

  it('cuts off a reader for whom too much waits, who still reads what was queued', async () => {
    const { queue, ends } = open();
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((item) => queue.push(item)),
      [true, true, true, false, true],
    );
    assert.equal(ends(), 1, 'the producer is told at once, not when the reader comes back');
    const read: number[] = [];
    await assert.rejects(async () => {
      for await (const item of queue) read.push(item);
    }, slow);
    assert.deepEqual(read, [1, 2, 3]);
    assert.deepEqual(await queue.next(), { value: undefined, done: true }, 'the error is told once');
    assert.equal(ends(), 1);
  });

  it('lets what is queued be read after the end', async () => {
    const { queue, ends } = open();
    queue.push(1);
    queue.end();
    queue.push(2);
    assert.equal(ends(), 1);
    const read: number[] = [];
    for await (const item of queue) read.push(item);
    assert.deepEqual(read, [1]);
  });

  it('wakes a waiting reader at the end, with the error if there is one', async () => {
    const ended = open();
    const last = ended.queue.next();
    ended.queue.end();
    assert.equal((await last).done, true);
    const failed = open();
    const lost = failed.queue.next();
    failed.queue.end(new Error('gone'));
    await assert.rejects(lost, /gone/);
  });

  it('wakes a waiting reader that leaves, keeps nothing for it, and tells the producer', async () => {
    const { queue, ends } = open();
    const waiting = queue.next();
    await queue.return();
    assert.equal((await waiting).done, true);
    assert.equal(ends(), 1);
    queue.push(1);
    assert.equal((await queue.next()).done, true);
    await queue.return();
    assert.equal(ends(), 1);
  });

  it('forgets what was queued, and the error, for a reader that leaves', async () => {
    const { queue } = open(1);
    queue.push(1);
    queue.push(2);
    await queue.return();
    assert.equal((await queue.next()).done, true);
  });
});
