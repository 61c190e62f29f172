import assert from 'node:assert/strict';
import { it } from 'node:test';
import { PartitionLeases } from '../src/groups/partition-leases.js';

const ignore = () => {};

it('a lease ends in time although the storage does not answer any more', { timeout: 10_000 }, async () => {
  let answer: (owned: ReadonlySet<number>) => void = ignore;
  let asked = 0;
  const storage = {
    lease: () =>
      asked++ === 0
        ? Promise.resolve(new Set([1, 2]))
        : new Promise<ReadonlySet<number>>((resolve) => {
            answer = resolve;
          }),
    release: async () => {},
  };
  const lost: number[] = [];
  const leases = new PartitionLeases(storage, {
    leaseMs: 150,
    onGained: ignore,
    onLost: (partition) => lost.push(partition),
    onFailure: ignore,
  });
  const begun = performance.now();
  await leases.start();
  const signal = leases.signalOf(1) as AbortSignal;
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  assert.ok(performance.now() - begun < 1_000);
  assert.deepEqual([lost, leases.owned], [[1, 2], []]);
  // An answer that comes after the end gives nothing.
  answer(new Set([1]));
  await leases.stop();
  assert.deepEqual(leases.owned, []);
});
