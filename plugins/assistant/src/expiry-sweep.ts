import type { Database, Logger } from '@deskgraph/plugin-sdk';
import { expire } from './store/expire.js';
import { forgetOld } from './store/retention.js';

const batch = 500;
/** Old rows are looked for in every n-th round only. */
const roundsPerForgetting = 40;

/**
 * Closes recommendations whose time is over and tells subscribers, again and again. They count as expired from their
 * time on, swept or not; this is for those who wait to be told. Several processes may sweep at once.
 */
export class ExpirySweep {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #rounds = 0;

  constructor(
    private readonly database: Database,
    private readonly log: Logger,
    private readonly everyMs: number,
  ) {}

  start(): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#round();
    }, this.everyMs);
  }

  /** Resolves when a round that runs is done. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }

  /** Closes all whose time is over; resolves with how many. */
  async sweep(): Promise<number> {
    const tail = `order by id limit ${batch}`;
    let total = 0;
    for (let count = batch; count === batch; total += count) {
      count = await this.database.transaction((tx) =>
        expire(tx, 'TIME', { where: 'expires_at <= now()', params: [], tail, skipLocked: true }),
      );
    }
    return total;
  }

  async #round(): Promise<void> {
    try {
      await this.sweep();
      if (this.#rounds++ % roundsPerForgetting === 0) await forgetOld(this.database);
    } catch (error) {
      this.log.warn(
        { error },
        `overdue recommendations could not be closed; tried again in ${this.everyMs} ms`,
      );
    }
    if (this.#timer !== undefined) this.start();
  }
}
