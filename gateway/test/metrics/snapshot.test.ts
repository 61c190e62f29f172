import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Snapshot, type SnapshotOptions } from '../../src/metrics/snapshot.js';

/** A snapshot whose taking ends when the test says so. */
function steered(options: Partial<SnapshotOptions<number>> = {}) {
  const failures: string[] = [];
  const takings: { resolve: (value: number) => void; reject: (error: Error) => void }[] = [];
  const snapshot = new Snapshot<number>({
    take: () => new Promise((resolve, reject) => takings.push({ resolve, reject })),
    onFailure: (error) => failures.push((error as Error).message),
    ...options,
  });
  return { snapshot, failures, takings };
}

describe('a snapshot for metrics', () => {
  it('is taken once for all who ask within its time, and again after', async () => {
    const { snapshot, takings } = steered();
    const asking = [snapshot.get(), snapshot.get(), snapshot.get()];
    takings[0]?.resolve(0);
    assert.deepEqual(await Promise.all(asking), [0, 0, 0]);
    assert.equal(await snapshot.get(), 0);
    assert.equal(takings.length, 1);
    const short = steered({ maxAgeMs: 0 });
    const first = short.snapshot.get();
    short.takings[0]?.resolve(1);
    // It served those who waited, but is too old already.
    await first;
    void short.snapshot.get();
    assert.equal(short.takings.length, 2);
    short.takings[1]?.resolve(2);
  });

  it('is null where it fails, which is told once, and is taken again at the next question', async () => {
    const { snapshot, failures, takings } = steered();
    const asking = [snapshot.get(), snapshot.get()];
    takings[0]?.reject(new Error('away'));
    assert.deepEqual(await Promise.all(asking), [null, null]);
    assert.deepEqual(failures, ['away']);
    const again = snapshot.get();
    takings[1]?.resolve(7);
    assert.equal(await again, 7);
  });

  it('keeps nobody waiting, and asks no second time while the first is under way', async () => {
    const { snapshot, failures, takings } = steered({ timeoutMs: 5 });
    assert.deepEqual(await Promise.all([snapshot.get(), snapshot.get()]), [null, null]);
    assert.equal(await snapshot.get(), null);
    assert.equal(takings.length, 1);
    assert.deepEqual(failures, Array(2).fill('it took longer than 5 ms'));
    takings[0]?.resolve(3);
    assert.equal(await snapshot.get(), 3);
    assert.equal(takings.length, 1);
  });

  it('that fails when nobody waits any more ends no process', async () => {
    const { snapshot, takings } = steered({ timeoutMs: 5 });
    assert.equal(await snapshot.get(), null);
    takings[0]?.reject(new Error('too late to matter'));
    await new Promise((resolve) => setImmediate(resolve));
    const again = snapshot.get();
    takings[1]?.resolve(1);
    assert.equal(await again, 1);
  });
});
