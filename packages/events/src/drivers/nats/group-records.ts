import { setTimeout as delay } from 'node:timers/promises';
import { apiCodeOf, apiCodes, unavailable } from './failures.js';
import type { GroupRecord } from './group-record.js';
import type { JetStreamConnection } from './jetstream-connection.js';

/** A record as it was read or written. */
export interface KnownRecord {
  readonly record: GroupRecord;
  /** Of the message that has it. */
  readonly revision: number;
}

/** @returns the record to be written, or null to leave everything as it is */
export type Edit = (found: GroupRecord | null) => GroupRecord | null | Promise<GroupRecord | null>;

const maxAttempts = 50;
const longestPauseMs = 20;

/** Records of groups on the server; a record is replaced only by who has seen it. */
export class GroupRecords {
  constructor(private readonly connection: JetStreamConnection) {}

  /** @throws DeskgraphError EVENT_BUS_UNAVAILABLE */
  get(group: string): Promise<KnownRecord | null> {
    return this.#read(this.connection.subjects.group(group));
  }

  /** All groups, by name. @throws DeskgraphError EVENT_BUS_UNAVAILABLE */
  async all(): Promise<readonly GroupRecord[]> {
    const { groupStream, allGroups } = this.connection.subjects;
    const { state } = await this.connection.ask(() =>
      this.connection.manager.streams.info(groupStream, { subjects_filter: allGroups }),
    );
    const found = await Promise.all(Object.keys(state.subjects ?? {}).map((subject) => this.#read(subject)));
    return found
      .flatMap((known) => known?.record ?? [])
      .sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : 0));
  }

  /**
   * Edits a record, again when somebody else was faster.
   * @param known  what is known of it: saves reading it
   * @returns how it stands afterwards; null when there is none
   * @throws DeskgraphError EVENT_BUS_UNAVAILABLE
   */
  async change(group: string, edit: Edit, known?: KnownRecord | null): Promise<KnownRecord | null> {
    let current = known ?? (await this.get(group));
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const record = await edit(current?.record ?? null);
      if (record === null) return current;
      const revision = await this.#write(record, current?.revision ?? 0);
      if (revision !== null) return { record, revision };
      await delay(Math.random() * Math.min(attempt, longestPauseMs));
      current = await this.get(group);
    }
    throw unavailable(new Error(`the group ${group} is changed all the time`));
  }

  async #read(subject: string): Promise<KnownRecord | null> {
    const { manager, subjects } = this.connection;
    try {
      const message = await this.connection.ask(() =>
        manager.streams.getMessage(subjects.groupStream, { last_by_subj: subject }),
      );
      return message === null ? null : { record: message.json(), revision: message.seq };
    } catch (error) {
      if (apiCodeOf(error) === apiCodes.messageNotFound) return null;
      throw error;
    }
  }

  /** @returns null when the record is another by now */
  async #write(record: GroupRecord, lastSubjectSequence: number): Promise<number | null> {
    const { client, subjects } = this.connection;
    try {
      const { seq } = await this.connection.ask(() =>
        client.publish(subjects.group(record.group), JSON.stringify(record), {
          expect: { lastSubjectSequence },
        }),
      );
      return seq;
    } catch (error) {
      if (apiCodeOf(error) === apiCodes.wrongLastSequence) return null;
      throw error;
    }
  }
}
