import type { GroupState } from '../../event-bus.js';
import type { GroupRecord } from './group-record.js';
import type { JetStreamConnection, LogState } from './jetstream-connection.js';
import { StreamReader } from './stream-reader.js';
import { subjectToken } from './subjects.js';

/** Counting looks at this many messages at most. */
const longestCount = 10_000;
const pageSize = 1_000;

/**
 * How far a group is behind. When that is more than 10 000 messages of all types and groups, it is their number: an
 * upper bound.
 * @throws DeskgraphError EVENT_BUS_UNAVAILABLE
 */
export async function groupLag(
  record: GroupRecord,
  log: LogState,
  connection: JetStreamConnection,
): Promise<Pick<GroupState, 'lag' | 'lagMs'>> {
  const finished = record.lanes.map((lane) => (record.epoch === log.epoch ? lane.finished : 0));
  const after = Math.max(Math.min(...finished), log.first - 1);
  if (after >= log.last) return { lag: 0, lagMs: 0 };
  const unhandled = new Unhandled(record, finished, connection);
  const { eventStream: stream } = connection.subjects;
  const reader = await StreamReader.open(connection, { stream, from: { after }, headersOnly: true });
  try {
    while (unhandled.seen < longestCount) {
      const page = await reader.page(pageSize);
      if (page.length === 0) return unhandled.lag();
      for (const { message, sequence, at } of page) unhandled.look(message.subject, sequence, at);
    }
    return unhandled.lag(reader.total);
  } finally {
    reader.close();
  }
}

/** Counts messages that a group has yet to handle. */
class Unhandled {
  seen = 0;
  #count = 0;
  #oldest: number | null = null;
  readonly #types: ReadonlySet<string>;
  readonly #token: string;

  constructor(
    { types, group }: GroupRecord,
    private readonly finished: readonly number[],
    private readonly connection: JetStreamConnection,
  ) {
    this.#types = new Set(types.map(subjectToken));
    this.#token = subjectToken(group);
  }

  look(subject: string, sequence: number, at: number): void {
    this.seen++;
    const address = this.connection.subjects.addressOf(subject);
    if (address === null || !this.#types.has(address.type)) return;
    if (address.forGroup !== null && address.forGroup !== this.#token) return;
    if (sequence <= (this.finished[address.partition] ?? 0)) return;
    this.#count++;
    this.#oldest ??= at;
  }

  /** @param bound  when not everything was looked at */
  lag(bound?: number): Pick<GroupState, 'lag' | 'lagMs'> {
    const lagMs = this.#oldest === null ? 0 : Math.max(0, Date.now() - this.#oldest);
    return { lag: bound ?? this.#count, lagMs };
  }
}
