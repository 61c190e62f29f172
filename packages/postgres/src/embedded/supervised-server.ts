import type { Logger } from '@deskgraph/plugin-sdk';
import type { PostgresServer } from '../server.js';
import { type Launch, startPostmaster } from './launch.js';
import { type Postmaster, stopPostmaster } from './postmaster.js';
import { isRunning } from './process-identity.js';

/** What a supervised server begins with. */
export interface SupervisedServerOptions {
  readonly url: string;
  readonly origin: 'started' | 'adopted';
  readonly version: string;
  readonly postmaster: Postmaster;
  readonly launch: Launch;
  /** Gives up the data directory. */
  readonly unlock: () => void;
  readonly log: Logger | undefined;
}

const checkEveryMs = 1_000;
const longestPauseMs = 30_000;

/**
 * The embedded server under watch: one that was killed (by the system, short of memory) is started again on its
 * port, so that the pools find it.
 */
export class SupervisedServer implements PostgresServer {
  readonly kind = 'embedded';
  readonly url: string;
  readonly origin: 'started' | 'adopted';
  readonly version: string;
  #postmaster: Postmaster;
  #pauseMs = checkEveryMs;
  #timer: NodeJS.Timeout | undefined;
  #restarting: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | undefined;

  constructor(private readonly options: SupervisedServerOptions) {
    this.url = options.url;
    this.origin = options.origin;
    this.version = options.version;
    this.#postmaster = options.postmaster;
    this.#watch();
  }

  stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stopping = this.#stopping ?? this.#stop();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    await this.#restarting;
    await stopPostmaster(this.#postmaster).finally(this.options.unlock);
  }

  #watch(): void {
    if (this.#stopping !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#restarting = this.#restartIfGone();
      void this.#restarting.then(() => this.#watch());
    }, this.#pauseMs).unref();
  }

  async #restartIfGone(): Promise<void> {
    if (isRunning(this.#postmaster.process)) return;
    const { port } = this.#postmaster;
    const { launch, log } = this.options;
    try {
      this.#postmaster = await startPostmaster(launch, port);
      this.#pauseMs = checkEveryMs;
      log?.warn({ port }, 'PostgreSQL had ended and was started again');
    } catch (error) {
      this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
      log?.error({ error, port }, 'PostgreSQL has ended and could not be started again');
    }
  }
}
