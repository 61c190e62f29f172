import { abortForMany } from './abort-for-many.js';
import type { GroupLog } from './group-log.js';

/** What is done with leases. */
export interface LeaseOptions {
  readonly leaseMs: number;
  /** Called when there are partitions that were not there before. */
  readonly onGained: () => void;
  /** Called for each partition that went to somebody else, or whose lease ended because it could not be renewed. */
  readonly onLost: (partition: number) => void;
  readonly onFailure: (error: unknown) => void;
}

/** The partitions that this process owns; renewed three times as often as they end. */
export class PartitionLeases {
  readonly #owned = new Map<number, AbortController>();
  #timer: NodeJS.Timeout | undefined;
  /** Ends what was not renewed in time. */
  #expiry: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly storage: Pick<GroupLog, 'lease' | 'release'>,
    private readonly options: LeaseOptions,
  ) {}

  get owned(): readonly number[] {
    return [...this.#owned.keys()];
  }

  /** Aborts when the partition is lost; undefined when it is not owned. */
  signalOf(partition: number): AbortSignal | undefined {
    return this.#owned.get(partition)?.signal;
  }

  /** Takes the first leases, and goes on renewing them. Rejects when the storage does. */
  async start(): Promise<void> {
    await this.#renew();
    this.#schedule();
  }

  /** Tells everything that runs under a lease to end. */
  abort(reason: Error): void {
    for (const controller of this.#owned.values()) controller.abort(reason);
  }

  /** Gives the leases back; never rejects. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#renewing;
    clearTimeout(this.#expiry);
    this.#owned.clear();
    await this.storage.release().catch(this.options.onFailure);
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#renewing = this.#renew()
        .catch(this.options.onFailure)
        .then(() => this.#schedule());
    }, this.options.leaseMs / 3);
  }

  async #renew(): Promise<void> {
    const begun = performance.now();
    const owned = await this.storage.lease(this.options.leaseMs);
    if (this.#stopped) return;
    const leftMs = begun + this.options.leaseMs - performance.now();
    this.#own(leftMs > 0 ? owned : new Set());
    // Also when the storage does not answer at all.
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => this.#own(new Set()), leftMs);
  }

  #own(owned: ReadonlySet<number>): void {
    for (const [partition, controller] of [...this.#owned]) {
      if (owned.has(partition)) continue;
      this.#owned.delete(partition);
      controller.abort(new Error('the partition went to another process'));
      this.options.onLost(partition);
    }
    const gained = [...owned].filter((partition) => !this.#owned.has(partition));
    for (const partition of gained) this.#owned.set(partition, abortForMany());
    if (gained.length > 0) this.options.onGained();
  }
}
