import type { Logger } from '@deskgraph/plugin-sdk';

/** Something to undo at the end, with a name for the log. */
interface Release {
  readonly name: string;
  readonly run: () => PromiseLike<void> | void;
}

/**
 * Owns what a process started and ends it: last in, first out, each bounded in time, one failure never keeping
 * the others from ending.
 */
export class Lifecycle implements AsyncDisposable {
  readonly #releases: Release[] = [];
  #ending: Promise<void> | null = null;

  constructor(
    private readonly log: Logger,
    /** Longest wait for one release; default 10 000 ms. */
    private readonly timeoutMs = 10_000,
  ) {}

  /** Ends the value when the lifecycle ends. */
  own<Value extends AsyncDisposable>(name: string, value: Value): Value {
    this.onEnd(name, () => value[Symbol.asyncDispose]());
    return value;
  }

  onEnd(name: string, run: () => PromiseLike<void> | void): void {
    this.#releases.push({ name, run });
  }

  /** Idempotent. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    for (let release = this.#releases.pop(); release !== undefined; release = this.#releases.pop()) {
      try {
        await this.#bounded(release);
      } catch (error) {
        this.log.warn({ error, name: release.name }, `stopping ${release.name} failed`);
      }
    }
  }

  #bounded({ name, run }: Release): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`${name} did not stop within ${this.timeoutMs} ms`));
      const timer = setTimeout(late, this.timeoutMs);
      Promise.resolve()
        .then(run)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  }
}
