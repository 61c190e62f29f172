import type { Logger } from '@deskgraph/plugin-sdk';
import type { NatsConnection } from '@nats-io/transport-node';
import { unavailable } from './failures.js';

/** Knows whether there is a connection, and tells those who rest on it when it is lost. */
export class ConnectionWatch {
  readonly #onLost = new Set<() => void>();
  readonly #onBack = new Set<() => void>();
  #isLost = false;

  constructor(
    private readonly nats: NatsConnection,
    private readonly log: Logger | undefined,
  ) {
    void this.#watch();
  }

  /** Calls the listener when the connection is lost, at once when it is; until the function that it returns is called. */
  onLost(listener: () => void): () => void {
    if (this.#isLost) listener();
    else this.#onLost.add(listener);
    return () => this.#onLost.delete(listener);
  }

  /** Resolves when there is a connection. @throws DeskgraphError EVENT_BUS_UNAVAILABLE after the time */
  connected(timeoutMs: number): Promise<void> {
    if (!this.#isLost) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#onBack.delete(onBack);
        reject(unavailable(new Error('there is no connection')));
      }, timeoutMs);
      const onBack = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#onBack.add(onBack);
    });
  }

  /** Answers to what was asked over a connection that is lost never come: rejects then. */
  unlessLost<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let stop = () => {};
      answer.then(resolve, reject).finally(() => stop());
      stop = this.onLost(() => reject(new Error('the connection was lost')));
    });
  }

  /** Ends with the connection. */
  async #watch(): Promise<void> {
    for await (const { type } of this.nats.status()) {
      if (type === 'disconnect') this.#lose();
      if (type === 'reconnect') {
        this.#isLost = false;
        this.log?.info({}, 'the NATS server is there again');
        callAll(this.#onBack);
      }
    }
    this.#isLost = true;
    callAll(this.#onLost);
  }

  #lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.log?.warn({}, 'the connection to the NATS server is lost; it is made again');
    callAll(this.#onLost);
  }
}

function callAll(listeners: Set<() => void>): void {
  const called = [...listeners];
  listeners.clear();
  for (const call of called) call();
}
