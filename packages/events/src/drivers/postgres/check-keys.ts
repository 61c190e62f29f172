import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { EventEnvelope } from '../../envelope.js';

/**
 * Longest attribute in bytes of UTF-8. PostgreSQL takes 2 704 bytes in an entry of an index, two of these and what
 * belongs to it, and finds out only when an event is published: one that is too long would hold up every one after it.
 */
const maxBytes = 1024;
const names = ['id', 'source', 'type', 'subject', 'topic', 'partitionkey'] as const;

/**
 * Checks that the attributes fit the indexes of the outbox.
 * @returns the event itself
 * @throws DeskgraphError EVENT_INVALID naming those that are too long
 */
export function checkKeys(event: EventEnvelope): EventEnvelope {
  const problems = names.flatMap((name) => problem(name, event[name]));
  if (problems.length === 0) return event;
  throw new DeskgraphError('EVENT_INVALID', `The event cannot be stored: ${problems.join('; ')}.`);
}

function problem(name: string, value: string | undefined): readonly string[] {
  // A UTF-16 unit takes at most three bytes of UTF-8.
  if (value === undefined || value.length * 3 <= maxBytes) return [];
  const bytes = Buffer.byteLength(value);
  return bytes <= maxBytes ? [] : [`${name} must have at most ${maxBytes} bytes, found ${bytes}`];
}
