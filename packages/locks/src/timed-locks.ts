import { randomUUID } from 'node:crypto';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { HeldLock } from './held-lock.js';
import type { LockKeeper } from './lock-keeper.js';
import type { Lock, LockOptions, LockService } from './lock-service.js';

const defaultTtlMs = 10_000;
const defaultWaitMs = 5_000;
const firstPauseMs = 5;
const longestPauseMs = 60;

/** Locks of any keeper: waits with full jitter until a deadline, renews what is held. */
export class TimedLocks implements LockService {
  readonly #held = new Set<HeldLock>();
  #closing: Promise<void> | null = null;

  constructor(private readonly keeper: LockKeeper) {}

  async acquire(name: string, options: LockOptions = {}): Promise<Lock> {
    const { ttlMs = defaultTtlMs, waitMs = defaultWaitMs, signal } = options;
    const owner = randomUUID();
    const deadline = performance.now() + waitMs;
    for (let attempt = 0; ; attempt++) {
      signal?.throwIfAborted();
      if (this.#closing !== null) throw new DeskgraphError('LOCK_UNAVAILABLE', 'The locks are closed.');
      const begun = performance.now();
      const holding = await this.keeper.take(name, owner, ttlMs);
      if (holding !== null) {
        return this.#hold({ name, owner, ttlMs, token: holding.token, validUntil: begun + holding.validMs });
      }
      const left = deadline - performance.now();
      if (left <= 0)
        throw new DeskgraphError('LOCK_TIMEOUT', `The lock ${name} was not free within ${waitMs} ms.`);
      await pause(
        Math.min(left, Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempt)),
        signal,
      );
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#held].map((lock) => lock.release()));
    await this.keeper.close();
  }

  #hold(holding: {
    readonly name: string;
    readonly owner: string;
    readonly ttlMs: number;
    readonly token: number;
    readonly validUntil: number;
  }): Lock {
    const lock: HeldLock = new HeldLock({
      ...holding,
      keeper: this.keeper,
      onEnd: () => this.#held.delete(lock),
    });
    this.#held.add(lock);
    return lock;
  }
}

/** Resolves after the time, rejects with the signal's reason when it aborts. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
