import type { SqlRunner } from '@deskgraph/plugin-sdk';

/** Announcements are at least this far apart: NOTIFY takes a lock that all commits with one share. */
const apartMs = 10;

/** Tells other processes by NOTIFY that something was published, outside of any transaction that writes. */
export class Announcement {
  readonly channel = 'deskgraph_events';
  #pending = false;
  #sending: Promise<void> | null = null;

  /** @param own  names this process */
  constructor(
    private readonly database: SqlRunner,
    private readonly own: string,
  ) {}

  isOwn(payload: string): boolean {
    return payload === this.own;
  }

  /** At once, or soon after the one before. */
  make(): void {
    this.#pending = true;
    this.#sending ??= this.#send();
  }

  async stop(): Promise<void> {
    await this.#sending;
  }

  /** Never rejects: those who are not told look by themselves. */
  async #send(): Promise<void> {
    while (this.#pending) {
      this.#pending = false;
      await this.database.query('select pg_notify($1, $2)', [this.channel, this.own]).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, apartMs));
    }
    this.#sending = null;
  }
}
