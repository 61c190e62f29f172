import { DeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import type { Holding, LockKeeper } from '../../lock-keeper.js';
import { TimedLocks } from '../../timed-locks.js';
import { RedisMaster } from './redis-master.js';

/** How locks over Redis are opened. */
export interface RedisLocksOptions {
  /**
   * One master, or an odd number of masters that know nothing of each other: then a lock is had from a majority of them
   * (Redlock, https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/).
   */
  readonly urls: readonly string[];
  /** Names of keys begin with it, default `deskgraph`. */
  readonly prefix?: string;
  /** How long one master may take to answer, default 500 ms. */
  readonly answerTimeoutMs?: number;
  readonly log?: Logger;
}

/** Clocks of masters may differ in speed by so much. */
const drift = 0.01;
const leastDriftMs = 2;

/**
 * Locks that processes share. A holder has a majority of the masters; tokens are the greatest of that majority's
 * counters, and those of the majority that were smaller are raised to it before the lock is given out: two majorities
 * share a master, so the next token is greater.
 *
 * What this does not promise (https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html): a holder
 * that is paused past the time to live acts while somebody else holds the lock. That is what the token is for.
 */
export class RedisLocks extends TimedLocks {
  /** @throws DeskgraphError LOCK_UNAVAILABLE when a majority cannot be reached */
  static async open(options: RedisLocksOptions): Promise<RedisLocks> {
    const keeper = new RedisKeeper(options);
    try {
      await keeper.connected();
      return new RedisLocks(keeper);
    } catch (error) {
      await keeper.close();
      throw error;
    }
  }

  private constructor(keeper: RedisKeeper) {
    super(keeper);
  }
}

class RedisKeeper implements LockKeeper {
  readonly #masters: readonly RedisMaster[];
  readonly #majority: number;
  readonly #answerTimeoutMs: number;

  constructor({ urls, prefix = 'deskgraph', answerTimeoutMs = 500, log }: RedisLocksOptions) {
    this.#masters = urls.map((url) => new RedisMaster(url, prefix, answerTimeoutMs, log));
    this.#majority = Math.floor(urls.length / 2) + 1;
    this.#answerTimeoutMs = answerTimeoutMs;
  }

  async connected(): Promise<void> {
    await Promise.all(this.#masters.map((master) => master.connected(this.#answerTimeoutMs * 4)));
    // Asks, because a connection alone keeps no lock.
    await this.#ask((master) => master.extend('', '', 1));
  }

  async take(name: string, owner: string, ttlMs: number): Promise<Holding | null> {
    const begun = performance.now();
    const tokens = await this.#ask((master) => master.take(name, owner, ttlMs)).catch(async (error) => {
      await this.give(name, owner);
      throw error;
    });
    const had = tokens.filter((token) => token !== null);
    const token = Math.max(...had);
    if (had.length >= this.#majority && (await this.#raise(name, token, tokens))) {
      const validMs = this.#validMs(ttlMs, begun);
      if (validMs > 0) return { token, validMs };
    }
    await this.give(name, owner);
    return null;
  }

  async extend(name: string, owner: string, ttlMs: number): Promise<number | null> {
    const begun = performance.now();
    const extended = await this.#ask((master) => master.extend(name, owner, ttlMs));
    const validMs = this.#validMs(ttlMs, begun);
    return extended.filter((done) => done === true).length >= this.#majority && validMs > 0 ? validMs : null;
  }

  /** From all masters, also from those that seemed to refuse: an answer may have been lost. */
  async give(name: string, owner: string): Promise<void> {
    await Promise.allSettled(this.#masters.map((master) => master.give(name, owner)));
  }

  async close(): Promise<void> {
    for (const master of this.#masters) master.close();
  }

  /** Whether a majority has counted up to the token. */
  async #raise(name: string, token: number, tokens: readonly (number | null)[]): Promise<boolean> {
    if (this.#masters.length === 1) return true;
    const behind = this.#masters.filter((_, index) => tokens[index] !== token);
    const raised = await Promise.allSettled(behind.map((master) => master.raise(name, token)));
    const reached = raised.filter(({ status }) => status === 'fulfilled').length;
    return this.#masters.length - behind.length + reached >= this.#majority;
  }

  /** The masters' answers in their order, null for those that failed; a majority must have answered. */
  async #ask<T>(question: (master: RedisMaster) => Promise<T>): Promise<(T | null)[]> {
    const answers = await Promise.allSettled(this.#masters.map(question));
    const failures = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as Error] : [],
    );
    if (answers.length - failures.length < this.#majority) {
      throw new DeskgraphError(
        'LOCK_UNAVAILABLE',
        `${failures.length} of ${answers.length} lock servers do not answer: ${failures[0]?.message}.`,
        { cause: failures[0] },
      );
    }
    return answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : null));
  }

  #validMs(ttlMs: number, begun: number): number {
    return ttlMs - (performance.now() - begun) - (ttlMs * drift + leastDriftMs);
  }
}
