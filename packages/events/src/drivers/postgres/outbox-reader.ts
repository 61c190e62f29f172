import type { Logger, SqlDatabase } from '@deskgraph/plugin-sdk';
import { createDatabase } from '@deskgraph/postgres';
import type { EventEnvelope } from '../../envelope.js';
import { eventSchema } from './event-schema.js';

/** Which events; everything when nothing is said. */
export interface OutboxFilter {
  /** A `*` at the end stands for any rest: `order.*`. */
  readonly type?: string | undefined;
  /** A `*` at the end stands for any rest: `chat.conversation.*`. */
  readonly topic?: string | undefined;
  /** Published then or later. */
  readonly since?: Date | undefined;
}

/** A published event. */
export interface OutboxRecord {
  /** Place in the order of publication, over all topics. */
  readonly position: number;
  /** RFC 3339. */
  readonly publishedAt: string;
  readonly event: EventEnvelope;
}

/** How the outbox stands. */
export interface OutboxStatistics {
  /** Events that wait to be published; counted up to 100 000. */
  readonly unpublished: number;
  /** Age of the oldest of them, 0 when none waits. */
  readonly oldestMs: number;
  /** Events published since the storage was made, those that were handed to a group again included. */
  readonly published: number;
}

interface Row extends Record<string, unknown> {
  readonly position: string;
  readonly published_at: Date;
  readonly envelope: string;
}

const maxCounted = 100_000;
/** Few: it stands beside the hub's own work. */
const maxConnections = 2;

/** Reads the outbox, for operators. It is there with every driver, and keeps published events for 24 hours. */
export class OutboxReader implements AsyncDisposable {
  readonly #database: SqlDatabase & AsyncDisposable;

  /** @param databaseUrl  of a database in which a hub has made the outbox */
  constructor(databaseUrl: string, log?: Logger) {
    this.#database = createDatabase({
      url: databaseUrl,
      schema: eventSchema,
      maxConnections,
      ...(log && { log }),
    });
  }

  /** The last events published, oldest first. */
  async latest(filter: OutboxFilter, max: number): Promise<readonly OutboxRecord[]> {
    const rows = await this.#database.query<Row>(
      `select position, published_at, envelope from event
        where ${filterSql} order by position desc limit $6`,
      [...filterValues(filter), max],
    );
    return rows.map(toRecord).reverse();
  }

  /** What was published after a position, oldest first. */
  async after(position: number, filter: OutboxFilter, max: number): Promise<readonly OutboxRecord[]> {
    const rows = await this.#database.query<Row>(
      `select position, published_at, envelope from event
        where ${filterSql} and position > $6 order by position limit $7`,
      [...filterValues(filter), position, max],
    );
    return rows.map(toRecord);
  }

  /** Of the last event published; 0 before the first. */
  async lastPosition(): Promise<number> {
    const [row] = await this.#database.query<{ last_position: string }>('select last_position from head');
    return Number(row?.last_position ?? 0);
  }

  async statistics(): Promise<OutboxStatistics> {
    const [row] = await this.#database.query<{ waiting: string; oldest_ms: number; published: string }>(
      `select last_position as published,
              (select count(*) from (select from event where position is null limit ${maxCounted}) as unpublished) as waiting,
              coalesce((select extract(epoch from clock_timestamp() - written_at) * 1000 from event
                         where position is null order by id limit 1), 0)::float8 as oldest_ms
         from head`,
    );
    return {
      unpublished: Number(row?.waiting ?? 0),
      oldestMs: Math.max(0, Math.round(row?.oldest_ms ?? 0)),
      published: Number(row?.published ?? 0),
    };
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#database[Symbol.asyncDispose]();
  }
}

/** A group's second deliveries are nobody else's, and no new events. */
const filterSql = `position is not null and for_group is null
  and ($1::text is null or case when $2 then starts_with(type, $1) else type = $1 end)
  and ($3::text is null or case when $4 then starts_with(topic, $3) else topic = $3 end)
  and ($5::timestamptz is null or published_at >= $5)`;

function filterValues({ type, topic, since }: OutboxFilter): readonly unknown[] {
  return [...pattern(type), ...pattern(topic), since ?? null];
}

function pattern(text: string | undefined): readonly [text: string | null, isPrefix: boolean] {
  return text?.endsWith('*') ? [text.slice(0, -1), true] : [text ?? null, false];
}

function toRecord({ position, published_at, envelope }: Row): OutboxRecord {
  return {
    position: Number(position),
    publishedAt: published_at.toISOString(),
    event: JSON.parse(envelope),
  };
}
