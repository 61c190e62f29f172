import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A Lua script, sent as its digest where the server knows it. */
export class Script {
  readonly #digest: string;

  constructor(private readonly lua: string) {
    this.#digest = createHash('sha1').update(lua).digest('hex');
  }

  /** Runs it; Redis runs a script as one step. */
  async run(redis: Redis, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.#digest, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.eval(this.lua, keys.length, ...keys, ...args);
    }
  }
}
