import { monotonicFactory } from 'ulid';
import { checkEnvelope } from './check-envelope.js';
import type { EventEnvelope } from './envelope.js';

const nextId = monotonicFactory();

/** What a producer says of an event; the rest of the envelope is filled in. */
export interface EventInput<Data = unknown> {
  readonly type: string;
  readonly topic: string;
  readonly source: string;
  readonly subject?: string;
  readonly data: Data;
  /** Order is kept per key. Default: the topic. */
  readonly partitionkey?: string;
}

/**
 * Makes an envelope with a fresh ULID (monotonic within the process) and the current time.
 * @throws DeskgraphError EVENT_INVALID naming every attribute that CloudEvents 1.0 does not allow
 */
export function createEvent<Data>(input: EventInput<Data>): EventEnvelope<Data> {
  return checkEnvelope({
    ...input,
    specversion: '1.0',
    id: nextId(),
    time: new Date().toISOString(),
    partitionkey: input.partitionkey ?? input.topic,
  });
}
