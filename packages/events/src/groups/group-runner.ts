import type { Logger } from '@deskgraph/plugin-sdk';
import type { ConsumeOptions, Consumer, EventHandler } from '../event-bus.js';
import { abortForMany } from './abort-for-many.js';
import { pause } from './backoff.js';
import { type DeliveryLimits, deliver, failurePauseMs } from './delivery.js';
import { FinishedEntries } from './finished-entries.js';
import type { GroupLog, LogEntry } from './group-log.js';
import { GroupMembers, type Member } from './group-members.js';
import { KeyLines } from './key-lines.js';
import { PartitionLeases } from './partition-leases.js';

/** Entries that may wait or run here at once. */
const maxWaiting = 1024;
/** Handlers that run at once. */
const maxRunning = 16;
/** How long closing waits for handlers. */
const closeTimeoutMs = 5_000;
const defaultLeaseMs = 10_000;

const defaultLimits: DeliveryLimits = {
  maxDeliveries: 8,
  firstBackoffMs: 200,
  longestBackoffMs: 30_000,
  handlerTimeoutMs: 30_000,
};

/** What a runner works with. */
export interface GroupRunnerOptions {
  readonly group: string;
  /** Makes the group's storage; `types` gives what is consumed at the moment: entries of others are finished unseen. */
  readonly open: (types: () => ReadonlySet<string>) => GroupLog;
  readonly log?: Logger | undefined;
  /** How long a lease of a partition lasts, default 10 000 ms. */
  readonly leaseMs?: number | undefined;
  /** Called once, when nobody consumes here any more. */
  readonly onEnd: () => void;
}

/**
 * This process's part of a consumer group: leases partitions, reads their entries, delivers them in lines by key, and
 * marks them as finished (schema/EVENTS.md, section 4).
 */
export class GroupRunner {
  readonly #members = new GroupMembers();
  readonly #storage: GroupLog;
  readonly #leases: PartitionLeases;
  readonly #lines: KeyLines;
  readonly #finished: FinishedEntries;
  /** Aborts when nothing new is to begin. */
  readonly #stopping = abortForMany();
  #limits = defaultLimits;
  /** Ends the read that waits, when partitions or types change. */
  #reading = new AbortController();
  #started: Promise<void> | null = null;
  #loop: Promise<void> = Promise.resolve();
  #ending: Promise<void> | null = null;

  constructor(private readonly options: GroupRunnerOptions) {
    this.#storage = options.open(() => this.#members.types);
    this.#lines = new KeyLines(
      maxRunning,
      (entry) => this.#work(entry),
      () => this.#onRoom(),
    );
    this.#finished = new FinishedEntries(this.#storage, (error) =>
      this.#tell(error, 'finished events could not be marked; that is tried again'),
    );
    this.#leases = new PartitionLeases(this.#storage, {
      leaseMs: options.leaseMs ?? defaultLeaseMs,
      onGained: () => this.#readAnew(),
      onLost: (partition) => this.#forget(partition),
      onFailure: (error) => this.#tell(error, 'partitions could not be leased; that is tried again'),
    });
  }

  /** Resolves once the group is set up; the first consumer's limits hold for all. */
  async add(types: readonly string[], handler: EventHandler, limits: ConsumeOptions = {}): Promise<Consumer> {
    const member = this.#members.add(types, handler);
    this.#started ??= this.#start(limits);
    await this.#started;
    this.#readAnew();
    return { stop: () => this.#remove(member) };
  }

  /** Takes nothing new, tells handlers to end, and waits for them up to 5 s. Idempotent; never rejects. */
  close(): Promise<void> {
    this.#leases.abort(new Error('the bus closes'));
    return this.#end();
  }

  async #start(limits: ConsumeOptions): Promise<void> {
    this.#limits = { ...defaultLimits, ...limits };
    await this.#leases.start();
    this.#loop = this.#read();
  }

  async #remove(member: Member): Promise<void> {
    this.#members.remove(member);
    if (this.#members.size === 0) this.#stopping.abort();
    this.#readAnew();
    await Promise.all(member.running);
    if (this.#members.size === 0) await this.#end();
  }

  #end(): Promise<void> {
    this.#ending ??= this.#finish();
    return this.#ending;
  }

  async #finish(): Promise<void> {
    this.options.onEnd();
    this.#stopping.abort();
    this.#reading.abort();
    this.#lines.drop(() => true);
    await this.#started?.catch(() => {});
    await this.#loop;
    await this.#lines.idle(closeTimeoutMs);
    await this.#finished.flush(closeTimeoutMs);
    await this.#leases.stop();
  }

  /** Never rejects. */
  async #read(): Promise<void> {
    const { signal: stopping } = this.#stopping;
    while (!stopping.aborted) {
      this.#reading = new AbortController();
      const { owned } = this.#leases;
      const room = maxWaiting - this.#lines.size;
      // Too full, or nothing to read: until a line moves, or there are partitions.
      if (owned.length === 0 || room <= 0) await pause(failurePauseMs, this.#reading.signal);
      else await this.#readSome(owned, room);
    }
  }

  async #readSome(owned: readonly number[], room: number): Promise<void> {
    try {
      const entries = await this.#storage.read(owned, room, this.#reading.signal);
      for (const entry of entries) {
        if (this.#leases.signalOf(entry.partition) === undefined) this.#storage.forget(entry.partition);
        else this.#lines.add(entry);
      }
    } catch (error) {
      this.#tell(error, 'events could not be read; that is tried again');
      await pause(failurePauseMs, this.#stopping.signal);
    }
  }

  /** Never rejects. */
  async #work(entry: LogEntry): Promise<void> {
    const lease = this.#leases.signalOf(entry.partition);
    if (lease === undefined) return;
    const { group, log } = this.options;
    const surroundings = { group, log, storage: this.#storage, members: this.#members, limits: this.#limits };
    const end = await deliver(entry, surroundings, { lease, stopping: this.#stopping.signal });
    if (end === 'finished') this.#finished.add(entry);
    // Given up although it is ours: it is read anew, with what follows it.
    else if (!lease.aborted && !this.#stopping.signal.aborted) this.#forget(entry.partition);
  }

  /** The reader waits only when there is no room at all. */
  #onRoom(): void {
    if (this.#lines.size === maxWaiting - 1) this.#readAnew();
  }

  #forget(partition: number): void {
    this.#lines.drop((entry) => entry.partition === partition);
    this.#storage.forget(partition);
  }

  #readAnew(): void {
    this.#reading.abort();
  }

  #tell(error: unknown, message: string): void {
    this.options.log?.warn({ error, group: this.options.group }, message);
  }
}
