import type { Row, SqlDatabase, SqlRunner } from '@deskgraph/plugin-sdk';
import type { EventEnvelope } from '../../envelope.js';

/** A published event, as the log has it. */
export interface LoggedEvent {
  readonly position: number;
  readonly event: EventEnvelope;
  /** The one group that is to handle it; null for everybody. */
  readonly forGroup: string | null;
}

/** Where the log stands. */
export interface LogHead {
  readonly epoch: string;
  readonly lastPosition: number;
  /** What is up to here is no longer kept. */
  readonly prunedThrough: number;
}

/** What a group asks for. */
export interface GroupRange {
  readonly group: string;
  readonly types: readonly string[];
  readonly through: number;
  readonly max: number;
}

/** An event as a group finds it. */
export interface GroupEvent extends LoggedEvent {
  readonly partition: number;
  /** Deliveries that failed before. */
  readonly deliveries: number;
}

interface EventRow extends Row {
  readonly position: string;
  readonly envelope: string;
  readonly for_group: string | null;
}

/** Statements on the log; `int8` comes as text, and stays below 2^53. */
export class EventLog {
  /** @param database  opened on the schema of events */
  constructor(readonly database: SqlDatabase) {}

  async head(): Promise<LogHead> {
    const [row] = await this.database.query('select * from head');
    const { epoch, last_position, pruned_through } = row as Row;
    return {
      epoch: String(epoch),
      lastPosition: Number(last_position),
      prunedThrough: Number(pruned_through),
    };
  }

  /** Publishes what waits in the outbox, up to `max`; in order. Within a transaction, holds off other relays to its end. */
  async publish(max: number, runner: SqlRunner = this.database): Promise<LoggedEvent[]> {
    const rows = await runner.query<EventRow>(
      'select position, envelope, for_group from publish_events($1)',
      [max],
    );
    return rows.map(toLogged).sort((a, b) => a.position - b.position);
  }

  /** What was published after a position, in order. */
  async after(position: number, max: number): Promise<LoggedEvent[]> {
    const rows = await this.database.query<EventRow>(
      `select position, envelope, for_group from event where position > $1 order by position limit $2`,
      [position, max],
    );
    return rows.map(toLogged);
  }

  /** A topic's events in a range, in order. */
  async ofTopic(topic: string, after: number, through: number, max: number): Promise<LoggedEvent[]> {
    const rows = await this.database.query<EventRow>(
      `select position, envelope, for_group from event
        where topic = $1 and position > $2 and position <= $3 and for_group is null order by position limit $4`,
      [topic, after, through, max],
    );
    return rows.map(toLogged);
  }

  /**
   * A group's next events in some partitions, each after a position of its own, and none after `through`.
   * @returns at most `max`, in order
   */
  async ofPartitions(after: ReadonlyMap<number, number>, range: GroupRange): Promise<GroupEvent[]> {
    const rows = await this.database.query<EventRow & { partition: number; deliveries: number }>(
      `select found.*, coalesce(failed.deliveries, 0) as deliveries
         from unnest($1::smallint[], $2::bigint[]) as lane(partition, after),
         lateral (select partition, position, envelope, for_group from event
                   where event.partition = lane.partition and position > lane.after and position <= $3
                     and type = any ($4) and (for_group is null or for_group = $5)
                   order by position limit $6) as found
         left join failed_delivery as failed on failed.group_name = $5 and failed.position = found.position
        order by position limit $6`,
      [[...after.keys()], [...after.values()], range.through, range.types, range.group, range.max],
    );
    return rows.map((row) => ({ ...toLogged(row), partition: row.partition, deliveries: row.deliveries }));
  }
}

function toLogged({ position, envelope, for_group }: EventRow): LoggedEvent {
  return { position: Number(position), event: JSON.parse(envelope), forGroup: for_group };
}
