import type { EventEnvelope } from '../envelope.js';

/** An event of a partition as a group reads it. */
export interface LogEntry {
  readonly partition: number;
  /** Names it within the partition for the driver. */
  readonly id: string;
  readonly event: EventEnvelope;
  /** Deliveries that were counted before. */
  readonly deliveries: number;
}

/**
 * A consumer group's storage, seen from one process: leases of partitions, entries in order, progress. What a driver
 * implements so that `GroupRunner` can do the rest: lines per key, retry, dead letters. One call of each method
 * at a time, but methods may overlap.
 */
export interface GroupLog {
  /**
   * Takes or renews leases for `leaseMs`: this process's fair share of the partitions, those it has first.
   * @returns the partitions it owns until then
   */
  lease(leaseMs: number): Promise<ReadonlySet<number>>;
  /** Gives partitions back, so that others need not wait for the lease's end; all of them when none are named. */
  release(partitions?: readonly number[]): Promise<void>;
  /**
   * The next entries of these partitions, in order within each: first what was begun and not finished before this
   * process got the partition, then what it has not read yet. Waits until there are some, up to about a second, or
   * until the signal aborts; then gives none.
   */
  read(partitions: readonly number[], max: number, signal: AbortSignal): Promise<readonly LogEntry[]>;
  /** A lost partition's entries are read anew when it is leased again. */
  forget(partition: number): void;
  /** Marks entries as finished. */
  finish(entries: readonly LogEntry[]): Promise<void>;
  /** Remembers that an entry failed for the n-th time. */
  countDelivery(entry: LogEntry, deliveries: number): Promise<void>;
  /** Makes a dead letter of an entry and finishes it. */
  bury(entry: LogEntry, failure: Failure): Promise<void>;
  /** The group's generation, as last leased or read. */
  readonly generation: number;
}

/** Why an entry is put aside. */
export interface Failure {
  readonly code: string;
  readonly reason: string;
  readonly deliveries: number;
}
