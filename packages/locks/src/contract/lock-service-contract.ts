import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { type LockService, withLock } from '../lock-service.js';

const coded = (code: 'LOCK_TIMEOUT' | 'LOCK_UNAVAILABLE') => (error: unknown) =>
  isDeskgraphError(error, code);

type Case = (locks: LockService, name: string) => Promise<void>;

const cases: Readonly<Record<string, Case>> = {
  'of 20 who want a lock 5 times each, one holds it at a time, and tokens grow': async (locks, name) => {
    let holders = 0;
    const tokens: number[] = [];
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (let turn = 0; turn < 5; turn++) {
          await withLock(
            locks,
            name,
            async ({ token }) => {
              assert.equal(++holders, 1);
              tokens.push(token);
              await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
              holders--;
            },
            { waitMs: 30_000 },
          );
        }
      }),
    );
    assert.equal(tokens.length, 100);
    assert.deepEqual(
      tokens,
      [...new Set(tokens)].sort((a, b) => a - b),
    );
  },

  'who waits longer than it may is told LOCK_TIMEOUT, and who may not wait at once': async (locks, name) => {
    await using _held = await locks.acquire(name);
    await assert.rejects(locks.acquire(name, { waitMs: 30 }), coded('LOCK_TIMEOUT'));
    await assert.rejects(locks.acquire(name, { waitMs: 0 }), coded('LOCK_TIMEOUT'));
  },

  'waiting can be given up': async (locks, name) => {
    await using _held = await locks.acquire(name);
    const abort = new AbortController();
    const waiting = locks.acquire(name, { signal: abort.signal, waitMs: 60_000 });
    abort.abort(new Error('not needed any more'));
    await assert.rejects(waiting, /not needed any more/);
  },

  'a lock is kept for longer than its time to live, for as long as it is held': async (locks, name) => {
    const lock = await locks.acquire(name, { ttlMs: 150 });
    await assert.rejects(locks.acquire(name, { waitMs: 600 }), coded('LOCK_TIMEOUT'));
    assert.equal(lock.signal.aborted, false);
    await lock.release();
    await (await locks.acquire(name, { waitMs: 0 })).release();
    assert.equal(lock.signal.aborted, false);
  },

  'to give a lock back twice does not take it from the next holder': async (locks, name) => {
    const first = await locks.acquire(name);
    await first.release();
    await using second = await locks.acquire(name);
    await first.release();
    await assert.rejects(locks.acquire(name, { waitMs: 0 }), coded('LOCK_TIMEOUT'));
    assert.equal(second.signal.aborted, false);
  },

  'work that throws gives its lock back': async (locks, name) => {
    await assert.rejects(
      withLock(locks, name, () => Promise.reject(new Error('work fails'))),
      /work fails/,
    );
    await (await locks.acquire(name, { waitMs: 0 })).release();
  },

  'locks of different names do not wait for each other': async (locks, name) => {
    await using _one = await locks.acquire(`${name}.one`);
    await using _two = await locks.acquire(`${name}.two`, { waitMs: 0 });
  },

  'a service that is closed gives its locks back and refuses': async (locks, name) => {
    const lock = await locks.acquire(name);
    await locks.close();
    await lock.release();
    await assert.rejects(locks.acquire(name), coded('LOCK_UNAVAILABLE'));
  },
};

/** What every driver promises; registers its tests with node:test. Each opens a service of its own. */
export function lockServiceContract(
  driver: string,
  open: () => Promise<LockService>,
  options: { readonly skip?: string | undefined } = {},
): void {
  describe(`${driver} keeps the LockService contract`, { skip: options.skip ?? false }, () => {
    for (const [title, run] of Object.entries(cases)) {
      it(title, async () => {
        const locks = await open();
        try {
          await run(locks, `lock.${randomUUID()}`);
        } finally {
          await locks.close();
        }
      });
    }
  });
}
