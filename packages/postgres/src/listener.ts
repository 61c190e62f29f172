import type { Logger } from '@deskgraph/plugin-sdk';
import pg from 'pg';
import { connectionSettings } from './connection-settings.js';

/** What to listen to. */
export interface ListenerOptions {
  /** Connection string. */
  readonly url: string;
  /** Channel of NOTIFY; lower case letters and `_`. */
  readonly channel: string;
  /** Called for each notification, and after each time the connection was made, since some may have been missed. */
  readonly onNotify: (payload: string) => void;
  readonly log?: Logger | undefined;
}

const firstRetryMs = 200;
const longestRetryMs = 10_000;

/**
 * Listens on a connection of its own, and makes it anew when it is lost. Notifications are hints: whoever relies on them
 * looks by itself besides.
 */
export class NotificationListener implements AsyncDisposable {
  #client: pg.Client | null = null;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #connecting: Promise<void>;
  #stopped = false;

  constructor(private readonly options: ListenerOptions) {
    this.#connecting = this.#connect();
  }

  /** Idempotent; never rejects. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    await this.#connecting;
    await this.#client?.end().catch(() => {});
  }

  /** Never rejects. */
  async #connect(): Promise<void> {
    const { url, channel, onNotify } = this.options;
    const client = new pg.Client({ ...connectionSettings(url), keepAlive: true });
    client.on('error', () => {});
    client.on('end', () => this.#lost(client));
    client.on('notification', ({ payload = '' }) => onNotify(payload));
    this.#client = client;
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      this.#failures = 0;
      onNotify('');
    } catch (error) {
      this.options.log?.warn({ error, channel }, 'the database cannot be listened to for now');
      await client.end().catch(() => {});
      this.#lost(client);
    }
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client || this.#stopped) return;
    this.#client = null;
    const delayMs = Math.min(longestRetryMs, firstRetryMs * 2 ** this.#failures++);
    this.#retry = setTimeout(
      () => {
        this.#connecting = this.#connect();
      },
      delayMs * (0.5 + Math.random() / 2),
    ).unref();
  }
}
