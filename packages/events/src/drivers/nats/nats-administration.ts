import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { BusAdministration, DeadLetter, GroupState } from '../../event-bus.js';
import { historyGone } from '../../history-gone.js';
import type { DeadLetters } from './dead-letters.js';
import { groupLag } from './group-lag.js';
import { type GroupRecord, setBack } from './group-record.js';
import type { GroupRecords } from './group-records.js';
import type { JetStreamConnection } from './jetstream-connection.js';
import type { Publisher } from './publisher.js';
import { StreamReader } from './stream-reader.js';

const defaultLimit = 100;

/** What the administration works on. */
export interface AdministrationParts {
  readonly connection: JetStreamConnection;
  readonly records: GroupRecords;
  readonly letters: DeadLetters;
  readonly publisher: Publisher;
}

/** What operators do with the groups of a JetStream server. */
export class NatsAdministration implements BusAdministration {
  constructor(private readonly parts: AdministrationParts) {}

  async groups(): Promise<readonly GroupState[]> {
    const { connection, records, letters } = this.parts;
    const [found, dead, log] = [await records.all(), await letters.counts(), await connection.state()];
    const now = Date.now();
    const states: GroupState[] = [];
    for (const record of found) {
      const members = Object.values(record.members).filter(({ until }) => until > now).length;
      const deadLetters = dead[connection.subjects.dead(record.group)] ?? 0;
      states.push({
        group: record.group,
        members,
        deadLetters,
        ...(await groupLag(record, log, connection)),
      });
    }
    return states;
  }

  deadLetters(
    options: { readonly group?: string; readonly limit?: number } = {},
  ): Promise<readonly DeadLetter[]> {
    return this.parts.letters.list(options.group, options.limit ?? defaultLimit);
  }

  async redeliver(ids: readonly string[]): Promise<number> {
    const { letters, publisher } = this.parts;
    let count = 0;
    for (const id of new Set(ids)) {
      const letter = await letters.get(id);
      if (letter === null) continue;
      // A crash between the two hands it over again: the identity is the same, and the event is not twice there.
      await publisher.publishFor(letter.group, letter.event, `again ${id} ${letter.at}`);
      if (await letters.remove(id)) count++;
    }
    return count;
  }

  async discard(ids: readonly string[]): Promise<number> {
    let count = 0;
    for (const id of new Set(ids)) if (await this.parts.letters.remove(id)) count++;
    return count;
  }

  async replay(group: string, since: Date): Promise<number> {
    const { connection, records } = this.parts;
    const log = await connection.state();
    const expired = log.first > 1 && log.reachesBackTo !== null && since.getTime() < log.reachesBackTo;
    const before = await this.#lastBefore(since, log.last);
    const known = await records.change(group, (found) => {
      if (found === null) throw new DeskgraphError('NOT_FOUND', `There is no consumer group ${group}.`);
      if (expired) throw historyGone();
      return { ...setBack(found, log.epoch, before), generation: found.generation + 1 };
    });
    return this.#count(known?.record as GroupRecord, before);
  }

  /** The last sequence number that was stored before a time. */
  async #lastBefore(since: Date, last: number): Promise<number> {
    const { connection } = this.parts;
    const { eventStream: stream } = connection.subjects;
    const reader = await StreamReader.open(connection, { stream, from: { since }, headersOnly: true });
    try {
      const [first] = await reader.page(1);
      return first === undefined ? last : first.sequence - 1;
    } finally {
      reader.close();
    }
  }

  async #count({ types }: GroupRecord, after: number): Promise<number> {
    const { connection } = this.parts;
    const { eventStream: stream } = connection.subjects;
    let count = 0;
    for (const type of types) {
      const filter = connection.subjects.type(type);
      const reader = await StreamReader.open(connection, { stream, from: { after }, filter });
      count += reader.total;
      reader.close();
    }
    return count;
  }
}
