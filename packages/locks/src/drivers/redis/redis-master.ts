import type { Logger } from '@deskgraph/plugin-sdk';
import { Redis } from 'ioredis';
import { extendScript, giveScript, raiseScript, takeScript } from './scripts.js';

/** One Redis that keeps locks. Every command answers in time or fails; none is sent late. */
export class RedisMaster {
  readonly #redis: Redis;

  constructor(
    url: string,
    private readonly prefix: string,
    timeoutMs: number,
    log: Logger | undefined,
  ) {
    this.#redis = new Redis(url, {
      protocol: 2,
      // A lock that is taken late, by a command that waited for a connection, would be nobody's.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      commandTimeout: timeoutMs,
      connectTimeout: timeoutMs,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.random() * Math.min(1_000, 50 * 2 ** Math.min(times, 6)),
    });
    this.#redis.on('error', (error) => log?.debug({ error }, 'a keeper of locks cannot be reached'));
  }

  /** Resolves when the first connection is made, or after the time. */
  async connected(timeoutMs: number): Promise<void> {
    if (this.#redis.status === 'ready') return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#redis.once('ready', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** @returns the token, or null when somebody holds it */
  async take(name: string, owner: string, ttlMs: number): Promise<number | null> {
    const keys = [this.#lock(name), this.#counter(name)];
    return (await this.#redis.eval(takeScript, 2, ...keys, owner, ttlMs)) as number | null;
  }

  async raise(name: string, token: number): Promise<void> {
    await this.#redis.eval(raiseScript, 1, this.#counter(name), token);
  }

  async extend(name: string, owner: string, ttlMs: number): Promise<boolean> {
    return (await this.#redis.eval(extendScript, 1, this.#lock(name), owner, ttlMs)) === 1;
  }

  async give(name: string, owner: string): Promise<void> {
    await this.#redis.eval(giveScript, 1, this.#lock(name), owner);
  }

  close(): void {
    this.#redis.disconnect();
  }

  #lock(name: string): string {
    return `{${this.prefix}:lock:${name}}`;
  }

  #counter(name: string): string {
    return `{${this.prefix}:lock:${name}}:token`;
  }
}
