import { randomUUID } from 'node:crypto';
import type { Frontier } from '../../groups/frontier.js';
import type { Failure, GroupLog, LogEntry } from '../../groups/group-log.js';
import { PartitionProgress } from '../../groups/partition-progress.js';
import type { DeadLetters } from './dead-letters.js';
import { type EventScan, scanned } from './event-scan.js';
import {
  fairShare,
  type GroupLane,
  type GroupRecord,
  newGroup,
  released,
  renewed,
  setBack,
} from './group-record.js';
import type { Edit, GroupRecords, KnownRecord } from './group-records.js';
import { HandingOver } from './handing-over.js';
import type { JetStreamConnection } from './jetstream-connection.js';
import { MemberWatch } from './member-watch.js';
import type { StoredEvent } from './stored-event.js';
import type { StreamFollower } from './stream-follower.js';
import { subjectToken } from './subjects.js';

/** Longest wait of a read for events. */
const waitMs = 1_000;
/** Progress is written at most this often: what finishes meanwhile goes together. */
const saveApartMs = 50;

/** What a group's storage is given. */
export interface NatsGroupLogOptions {
  readonly connection: JetStreamConnection;
  readonly follower: Pick<StreamFollower, 'epoch' | 'position'>;
  readonly frontier: Frontier;
  readonly records: GroupRecords;
  readonly deadLetters: DeadLetters;
  readonly scan: EventScan;
  readonly group: string;
  readonly types: () => ReadonlySet<string>;
}

/**
 * A consumer group in JetStream: one record has who owns which partition and how far it is finished; only its owner
 * moves that, because a record that somebody else has changed meanwhile is not replaced.
 */
export class NatsGroupLog implements GroupLog {
  readonly #member = randomUUID();
  readonly #watch = new MemberWatch();
  readonly #token: string;
  /** Of the partitions that are owned, as far as they were read here. */
  readonly #progress = new Map<number, PartitionProgress>();
  /** What was finished, of the partitions that are owned. */
  readonly #finished = new Map<number, number>();
  readonly #handingOver = new HandingOver();
  #known: KnownRecord | null = null;
  /** There was a record once. */
  #wasKnown = false;
  #savedAt = 0;
  #changing: Promise<void> = Promise.resolve();

  constructor(private readonly options: NatsGroupLogOptions) {
    this.#token = subjectToken(options.group);
  }

  get generation(): number {
    return this.#known?.record.generation ?? 0;
  }

  async lease(leaseMs: number): Promise<ReadonlySet<number>> {
    await this.#save();
    // Others have renewed theirs: what is known of the record is old.
    await this.#change((found) => this.#renewed(found, leaseMs), { anew: true });
    this.#handOverExcess();
    // Another process may see a new stream before this one's follower does.
    const current = this.#known?.record.epoch === this.options.follower.epoch;
    return new Set(current ? this.#finished.keys() : []);
  }

  async release(partitions?: readonly number[]): Promise<void> {
    await this.#save();
    await this.#change((found) =>
      found?.members[this.#member] === undefined ? null : released(found, this.#member, partitions),
    );
    if (partitions === undefined) this.options.scan.close();
  }

  async read(partitions: readonly number[], max: number, signal: AbortSignal): Promise<readonly LogEntry[]> {
    const found = await this.#readOnce(partitions, max);
    if (found.length > 0 || signal.aborted) return found;
    await this.options.frontier.moved(waitMs, signal);
    return signal.aborted ? [] : this.#readOnce(partitions, max);
  }

  forget(partition: number): void {
    const progress = this.#progress.get(partition);
    if (progress === undefined) return;
    if (this.#finished.has(partition)) this.#finished.set(partition, progress.finished);
    this.#progress.delete(partition);
  }

  async finish(entries: readonly LogEntry[]): Promise<void> {
    for (const { partition, id } of entries) this.#progress.get(partition)?.finish(Number(id));
    const waitMs = this.#savedAt + saveApartMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    await this.#save();
  }

  async countDelivery({ partition, id }: LogEntry, deliveries: number): Promise<void> {
    await this.#changeOwned((lane, at) =>
      at === partition ? { ...lane, failed: { ...lane.failed, [id]: deliveries } } : lane,
    );
  }

  async bury({ id, event }: LogEntry, failure: Failure): Promise<void> {
    const { deadLetters, group } = this.options;
    await deadLetters.add({ group, generation: this.generation, sequence: id, event, failure });
  }

  async #renewed(found: GroupRecord | null, leaseMs: number): Promise<GroupRecord> {
    const record = await this.#ofThisStream(found);
    this.#watch.keep(new Set(Object.keys(record.members)));
    return renewed(record, {
      member: this.#member,
      leaseMs,
      types: [...this.options.types()],
      isDead: (id, member) => this.#watch.isDead(id, member),
      isBusy: (partition) => this.#isBusy(partition) && !this.#handingOver.isLate(partition),
    });
  }

  #isBusy(partition: number): boolean {
    return this.#progress.get(partition)?.isIdle === false;
  }

  /** What is too much but busy is read no further, so that it can be given up soon. */
  #handOverExcess(): void {
    const owned = [...this.#finished.keys()];
    const share = fairShare(Object.keys(this.#known?.record.members ?? {}), this.#member);
    const busy = owned.filter((partition) => this.#isBusy(partition));
    this.#handingOver.set(owned.length > share ? busy.slice(share - owned.length) : []);
  }

  async #ofThisStream(found: GroupRecord | null): Promise<GroupRecord> {
    const { connection, follower, group } = this.options;
    if (found?.epoch === follower.epoch) return found;
    const { epoch, last } = await connection.state();
    if (found !== null) return found.epoch === epoch ? found : setBack(found, epoch, 0);
    // What a group that was known had not heard of a stream that is gone cannot be had; all of the new one can.
    return newGroup(group, epoch, this.#wasKnown ? 0 : last);
  }

  /** Takes over what the record says; set back, or of another stream: what was read here counts no more. */
  #adopt(known: KnownRecord | null): void {
    const before = this.#known?.record;
    this.#known = known;
    this.#wasKnown ||= known !== null;
    const record = known?.record;
    if (record?.generation !== before?.generation || record?.epoch !== before?.epoch) this.#progress.clear();
    this.#finished.clear();
    for (const [partition, { owner, finished }] of (record?.lanes ?? []).entries()) {
      if (owner === this.#member) this.#finished.set(partition, finished);
    }
    for (const partition of this.#progress.keys()) {
      if (!this.#finished.has(partition)) this.#progress.delete(partition);
    }
  }

  async #readOnce(partitions: readonly number[], max: number): Promise<LogEntry[]> {
    const { follower, scan } = this.options;
    const lanes = this.#lanesBehind(partitions);
    if (lanes.size === 0) return [];
    const after = Math.min(...[...lanes.values()].map(({ readThrough }) => readThrough));
    const stretch = await scan.after(after, follower.position);
    const { events, end } = scanned(stretch, max, (stored) =>
      this.#isWanted(stored, lanes.get(stored.partition)),
    );
    for (const { partition, sequence } of events) lanes.get(partition)?.begin(sequence);
    for (const progress of lanes.values()) progress.read(end);
    return events.map(({ partition, sequence, event }) => ({
      partition,
      id: String(sequence),
      event,
      deliveries: this.#known?.record.lanes[partition]?.failed?.[sequence] ?? 0,
    }));
  }

  /** Partitions that may have something to read. */
  #lanesBehind(partitions: readonly number[]): ReadonlyMap<number, PartitionProgress> {
    const { follower } = this.options;
    const lanes = new Map<number, PartitionProgress>();
    if (this.#known?.record.epoch !== follower.epoch) return lanes;
    for (const partition of partitions) {
      if (this.#handingOver.has(partition)) continue;
      const progress = this.#progressOf(partition);
      if (progress !== undefined && progress.readThrough < follower.position) lanes.set(partition, progress);
    }
    return lanes;
  }

  /** Not where the partition was forgotten since the read began. */
  #isWanted(
    { sequence, partition, event, forGroup }: StoredEvent,
    progress: PartitionProgress | undefined,
  ): boolean {
    if (progress === undefined || this.#progress.get(partition) !== progress) return false;
    if (sequence <= progress.readThrough || (forGroup !== null && forGroup !== this.#token)) return false;
    return this.options.types().has(event.type);
  }

  #progressOf(partition: number): PartitionProgress | undefined {
    const known = this.#progress.get(partition);
    const finished = this.#finished.get(partition);
    if (known !== undefined || finished === undefined) return known;
    const progress = new PartitionProgress(finished);
    this.#progress.set(partition, progress);
    return progress;
  }

  /** Writes how far the partitions are finished, when that is further than the record says. */
  async #save(): Promise<void> {
    const lanes = this.#known?.record.lanes ?? [];
    const grown = [...this.#progress].some(
      ([partition, { finished }]) => finished > (lanes[partition]?.finished ?? Number.POSITIVE_INFINITY),
    );
    if (!grown) return;
    await this.#changeOwned((lane, partition) => {
      const finished = this.#progress.get(partition)?.finished ?? lane.finished;
      return finished > lane.finished ? finishedThrough(lane, finished) : lane;
    });
    this.#savedAt = performance.now();
  }

  /** Changes partitions that are still owned, unless the group was set back. */
  async #changeOwned(edit: (lane: GroupLane, partition: number) => GroupLane): Promise<void> {
    const before = this.#known?.record;
    if (before === undefined) return;
    await this.#change((found) => {
      if (found === null || found.generation !== before.generation || found.epoch !== before.epoch)
        return null;
      const lanes = found.lanes.map((lane, at) => (lane.owner === this.#member ? edit(lane, at) : lane));
      return { ...found, lanes };
    });
  }

  /** One change at a time, so that what is known of the record only grows newer. */
  #change(edit: Edit, { anew = false } = {}): Promise<void> {
    const change = async () => {
      const { records, group } = this.options;
      this.#adopt(await records.change(group, edit, anew ? null : this.#known));
    };
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => {});
    return changed;
  }
}

/** What is finished needs no count any more. */
function finishedThrough({ owner, failed = {} }: GroupLane, finished: number): GroupLane {
  const left = Object.entries(failed).filter(([sequence]) => Number(sequence) > finished);
  return { owner, finished, ...(left.length > 0 && { failed: Object.fromEntries(left) }) };
}
