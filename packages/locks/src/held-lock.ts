import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { LockKeeper } from './lock-keeper.js';
import type { Lock } from './lock-service.js';

/** What a lock is held with. */
export interface HeldLockOptions {
  readonly keeper: LockKeeper;
  readonly name: string;
  readonly owner: string;
  readonly token: number;
  readonly ttlMs: number;
  /** When it is no longer surely held, by the monotonic clock. */
  readonly validUntil: number;
  /** Called once, when it is given back or lost. */
  readonly onEnd: () => void;
}

/** A lock in the hands of this process: renewed until it is given back, lost when that does not succeed in time. */
export class HeldLock implements Lock {
  readonly #abort = new AbortController();
  #validUntil: number;
  #timer: NodeJS.Timeout | undefined;
  #over = false;
  #releasing: Promise<void> | null = null;

  constructor(private readonly options: HeldLockOptions) {
    this.#validUntil = options.validUntil;
    this.#schedule();
  }

  get name(): string {
    return this.options.name;
  }

  get token(): number {
    return this.options.token;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  release(): Promise<void> {
    this.#releasing ??= this.#release();
    return this.#releasing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  async #release(): Promise<void> {
    this.#end();
    const { keeper, name, owner } = this.options;
    await keeper.give(name, owner).catch(() => {});
  }

  /** A third of the time between renewals, or what is left of it. */
  #schedule(): void {
    const left = this.#validUntil - performance.now();
    this.#timer = setTimeout(() => void this.#renew(), Math.max(0, Math.min(this.options.ttlMs / 3, left)));
  }

  async #renew(): Promise<void> {
    const { keeper, name, owner, ttlMs } = this.options;
    const begun = performance.now();
    // A process that was paused finds its time over before it can do harm.
    if (begun >= this.#validUntil) return this.#lose('it could not be renewed in time');
    const expiry = setTimeout(() => this.#lose('it could not be renewed in time'), this.#validUntil - begun);
    try {
      const validMs = await keeper.extend(name, owner, ttlMs);
      if (this.#over) return;
      if (validMs === null) return this.#lose('somebody else has it, or its keeper lost it');
      this.#validUntil = begun + validMs;
      this.#schedule();
    } catch {
      // Out of reach for now: as long as there is time left it is tried again.
      if (!this.#over) this.#timer = setTimeout(() => void this.#renew(), Math.min(50, ttlMs / 10));
    } finally {
      clearTimeout(expiry);
    }
  }

  #lose(why: string): void {
    if (this.#over) return;
    this.#end();
    this.#abort.abort(new DeskgraphError('LOCK_LOST', `The lock ${this.name} was lost: ${why}.`));
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.options.onEnd();
  }
}
