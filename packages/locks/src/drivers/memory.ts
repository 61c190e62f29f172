import type { Holding, LockKeeper } from '../lock-keeper.js';
import { TimedLocks } from '../timed-locks.js';

interface Held {
  readonly owner: string;
  until: number;
}

/** Locks of a single process. */
export class MemoryLocks extends TimedLocks {
  constructor() {
    super(new MemoryKeeper());
  }
}

class MemoryKeeper implements LockKeeper {
  readonly #held = new Map<string, Held>();
  /** One counter for all names: tokens grow for each, and no counter outlives its use. */
  #token = 0;

  async take(name: string, owner: string, ttlMs: number): Promise<Holding | null> {
    const held = this.#held.get(name);
    if (held !== undefined && held.until > performance.now()) return null;
    this.#held.set(name, { owner, until: performance.now() + ttlMs });
    return { token: ++this.#token, validMs: ttlMs };
  }

  async extend(name: string, owner: string, ttlMs: number): Promise<number | null> {
    const held = this.#held.get(name);
    if (held?.owner !== owner) return null;
    held.until = performance.now() + ttlMs;
    return ttlMs;
  }

  async give(name: string, owner: string): Promise<void> {
    if (this.#held.get(name)?.owner === owner) this.#held.delete(name);
  }

  async close(): Promise<void> {
    this.#held.clear();
  }
}
