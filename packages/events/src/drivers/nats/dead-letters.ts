import { createHash } from 'node:crypto';
import type { EventEnvelope } from '../../envelope.js';
import type { DeadLetter } from '../../event-bus.js';
import type { Failure } from '../../groups/group-log.js';
import type { JetStreamConnection } from './jetstream-connection.js';
import { StreamReader } from './stream-reader.js';

/** What is put aside, and for whom. */
export interface Burial {
  readonly group: string;
  readonly generation: number;
  /** Of the event in its stream. */
  readonly sequence: string;
  readonly event: EventEnvelope;
  readonly failure: Failure;
}

type Written = Omit<DeadLetter, 'id'>;

const pageSize = 200;

/** The stream of dead letters; they stay until somebody takes them out. */
export class DeadLetters {
  constructor(private readonly connection: JetStreamConnection) {}

  /** Once, however often a crash makes it be tried. @throws DeskgraphError EVENT_BUS_UNAVAILABLE */
  async add({ group, generation, sequence, event, failure }: Burial): Promise<void> {
    const letter: Written = { group, event, ...failure, at: new Date().toISOString() };
    const identity = `${group}\n${generation}\n${sequence}\n${event.source}\n${event.id}`;
    const msgID = createHash('sha256').update(identity).digest('base64url');
    const subject = this.connection.subjects.dead(group);
    await this.connection.ask(() =>
      this.connection.client.publish(subject, JSON.stringify(letter), { msgID }),
    );
  }

  /** Oldest first. @throws DeskgraphError EVENT_BUS_UNAVAILABLE */
  async list(group: string | undefined, limit: number): Promise<readonly DeadLetter[]> {
    const { deadStream: stream, allDead } = this.connection.subjects;
    const filter = group === undefined ? allDead : this.connection.subjects.dead(group);
    const reader = await StreamReader.open(this.connection, { stream, from: { after: 0 }, filter });
    const letters: DeadLetter[] = [];
    try {
      while (letters.length < limit) {
        const page = await reader.page(Math.min(pageSize, limit - letters.length));
        if (page.length === 0) break;
        for (const { sequence, message } of page)
          letters.push({ id: String(sequence), ...message.json<Written>() });
      }
    } finally {
      reader.close();
    }
    return letters;
  }

  /** Null when there is none of this id. @throws DeskgraphError EVENT_BUS_UNAVAILABLE */
  async get(id: string): Promise<DeadLetter | null> {
    const seq = sequenceOf(id);
    if (seq === null) return null;
    const { manager, subjects } = this.connection;
    const message = await this.connection.ask(() => manager.streams.getMessage(subjects.deadStream, { seq }));
    return message === null ? null : { id, ...message.json<Written>() };
  }

  /** @returns whether it was there. @throws DeskgraphError EVENT_BUS_UNAVAILABLE */
  async remove(id: string): Promise<boolean> {
    const seq = sequenceOf(id);
    if (seq === null) return false;
    const { manager, subjects } = this.connection;
    try {
      return await this.connection.ask(() => manager.streams.deleteMessage(subjects.deadStream, seq));
    } catch (error) {
      // The server says of one that somebody else has just removed that it could not be removed.
      if ((await this.get(id)) === null) return false;
      throw error;
    }
  }

  /** How many there are, by subject. @throws DeskgraphError EVENT_BUS_UNAVAILABLE */
  async counts(): Promise<Readonly<Record<string, number>>> {
    const { deadStream, allDead } = this.connection.subjects;
    const { state } = await this.connection.ask(() =>
      this.connection.manager.streams.info(deadStream, { subjects_filter: allDead }),
    );
    return state.subjects ?? {};
  }
}

/** Ids that are no numbers name no dead letter. */
const sequenceOf = (id: string): number | null => (/^[1-9]\d{0,14}$/.test(id) ? Number(id) : null);
