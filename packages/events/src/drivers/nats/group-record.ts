import { partitionCount } from '../../partition.js';

/** A process that consumes. */
export interface GroupMember {
  /** Grows whenever it renews its leases; who does not see it grow for `leaseMs` takes it for dead. */
  readonly beat: number;
  readonly leaseMs: number;
  /** Milliseconds since 1970, by its own clock: only for showing who is alive. */
  readonly until: number;
}

/** A partition as a group has it. */
export interface GroupLane {
  readonly owner: string | null;
  /** Sequence number up to which everything is finished. */
  readonly finished: number;
  /** Deliveries that failed, by sequence number, of events that are not finished. */
  readonly failed?: Readonly<Record<string, number>>;
}

/** All that is kept of a group, in one message: what changes together is written together, or not at all. */
export interface GroupRecord {
  readonly group: string;
  /** Of the stream that the sequence numbers belong to. */
  readonly epoch: string;
  readonly generation: number;
  /** What it consumes; for telling how far behind it is. */
  readonly types: readonly string[];
  readonly members: Readonly<Record<string, GroupMember>>;
  /** One for each partition. */
  readonly lanes: readonly GroupLane[];
}

/** A group that has finished everything up to a place. */
export function newGroup(group: string, epoch: string, finished: number): GroupRecord {
  const lanes = Array.from({ length: partitionCount }, () => ({ owner: null, finished }));
  return { group, epoch, generation: 0, types: [], members: {}, lanes };
}

/** The group with everything after a place to be handled. */
export function setBack(record: GroupRecord, epoch: string, finished: number): GroupRecord {
  return { ...record, epoch, lanes: record.lanes.map(({ owner }) => ({ owner, finished })) };
}

/** What a renewal is made of. */
export interface Renewal {
  readonly member: string;
  readonly leaseMs: number;
  readonly types: readonly string[];
  readonly isDead: (id: string, member: GroupMember) => boolean;
  /** Whether a partition that the member has is not to be given up yet. */
  readonly isBusy: (partition: number) => boolean;
}

/**
 * The group after a member has renewed its leases: the dead are gone, free partitions are taken up to the member's
 * fair share, and what it has above that is given up, unless it is busy.
 */
export function renewed(record: GroupRecord, renewal: Renewal): GroupRecord {
  const { member, leaseMs, types, isDead, isBusy } = renewal;
  const others = Object.entries(record.members).filter(([id, found]) => id !== member && !isDead(id, found));
  const beat = (record.members[member]?.beat ?? 0) + 1;
  const members = { ...Object.fromEntries(others), [member]: { beat, leaseMs, until: Date.now() + leaseMs } };
  const mine = [...record.lanes.keys()].filter((partition) => record.lanes[partition]?.owner === member);
  let room = fairShare(Object.keys(members), member) - mine.length;
  const idle = mine.filter((partition) => !isBusy(partition));
  const given = new Set(room < 0 ? idle.slice(room) : []);
  const lanes = record.lanes.map((lane, partition) => {
    if (given.has(partition)) return free(lane);
    if (lane.owner !== null && lane.owner in members) return lane;
    return room-- > 0 ? { ...lane, owner: member } : free(lane);
  });
  return { ...record, types, members, lanes };
}

/** How many partitions a member is to have: they differ by one at most, and add up. */
export function fairShare(members: readonly string[], member: string): number {
  const rank = [...members].sort().indexOf(member);
  return Math.floor(partitionCount / members.length) + (rank < partitionCount % members.length ? 1 : 0);
}

/** The group after a member has gone; of some partitions only, when they are named. */
export function released(record: GroupRecord, member: string, partitions?: readonly number[]): GroupRecord {
  const lanes = record.lanes.map((lane, partition) =>
    lane.owner === member && (partitions?.includes(partition) ?? true) ? free(lane) : lane,
  );
  if (partitions !== undefined) return { ...record, lanes };
  const { [member]: _, ...members } = record.members;
  return { ...record, members, lanes };
}

const free = (lane: GroupLane): GroupLane => ({ ...lane, owner: null });
