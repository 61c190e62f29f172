import type { EventBus, Position, PositionedEvent } from '@deskgraph/events';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { FetchContext, SubgraphHistory } from '../subgraphs/transport.js';

/** An event as a stream resolves it. */
export interface StreamEvent {
  readonly data: unknown;
  /** Positions of one stream are all of one kind, and can be compared by their sequence. */
  readonly position: Position;
}

/** What happened on a topic before: the bus's memory, or the plugin's own. */
export interface EventHistory {
  /** An event that was heard on the bus, as a stream has it. */
  heard(event: PositionedEvent): StreamEvent;
  /** Where a stream begins that has heard the topic's events up to `heard`. */
  start(heard: Position): Promise<Position>;
  /** @throws DeskgraphError RESUME_GAP when it does not reach back to the position */
  after(position: Position): AsyncIterable<StreamEvent>;
}

/** The bus's own history. */
export class BusHistory implements EventHistory {
  constructor(
    private readonly bus: EventBus,
    private readonly topic: string,
  ) {}

  heard({ event, position }: PositionedEvent): StreamEvent {
    return { data: event.data, position };
  }

  async start(heard: Position): Promise<Position> {
    return heard;
  }

  async *after(position: Position): AsyncGenerator<StreamEvent> {
    for await (const event of this.bus.history(this.topic, position)) yield this.heard(event);
  }
}

/** The epoch of positions that are a plugin's own numbers (schema/EVENTS.md, section 6.4). */
const ownEpoch = 's';
const pageSize = 100;

/** What the owning subgraph remembers. */
export class SubgraphOwnHistory implements EventHistory {
  constructor(
    private readonly own: SubgraphHistory,
    private readonly context: FetchContext,
  ) {}

  heard({ event: { data } }: PositionedEvent): StreamEvent {
    return { data, position: { epoch: ownEpoch, sequence: this.own.sequenceOf(data) } };
  }

  async start(): Promise<Position> {
    return { epoch: ownEpoch, sequence: await this.own.last(this.context) };
  }

  async *after({ epoch, sequence }: Position): AsyncGenerator<StreamEvent> {
    if (epoch !== ownEpoch || sequence > (await this.own.last(this.context))) throw unknownPosition();
    for (let after = sequence; ; ) {
      const page = await this.own.read({ after, first: pageSize }, this.context);
      for (const event of page) {
        yield { data: event.data, position: { epoch: ownEpoch, sequence: event.sequence } };
        after = event.sequence;
      }
      if (page.length < pageSize) return;
    }
  }
}

function unknownPosition(): DeskgraphError {
  return new DeskgraphError(
    'RESUME_GAP',
    'This position was not given by this subscription. Read the state by a query, and subscribe after "now".',
  );
}
