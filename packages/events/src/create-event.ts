import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { monotonicFactory } from 'ulid';
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
    specversion: '1.0',
    id: nextId(),
    time: new Date().toISOString(),
    partitionkey: input.partitionkey ?? input.topic,
    ...input,
  });
}

/** @throws DeskgraphError EVENT_INVALID; see CloudEvents 1.0, section "Required Attributes" */
export function checkEnvelope<Data>(event: EventEnvelope<Data>): EventEnvelope<Data> {
  const problems = [
    ...(event.specversion === '1.0' ? [] : [`specversion must be "1.0", found ${event.specversion}`]),
    ...(['id', 'source', 'type', 'topic', 'partitionkey'] as const).flatMap((name) =>
      typeof event[name] === 'string' && event[name] !== '' ? [] : [`${name} must be a non-empty string`],
    ),
    ...(Number.isNaN(Date.parse(event.time))
      ? [`time must be an RFC 3339 timestamp, found ${event.time}`]
      : []),
  ];
  if (problems.length === 0) return event;
  throw new DeskgraphError(
    'EVENT_INVALID',
    `The event is not a CloudEvents 1.0 event: ${problems.join('; ')}.`,
  );
}
