import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { EventEnvelope } from './envelope.js';

/** Longest JSON text of an event, in bytes of UTF-8 (schema/EVENTS.md, section 2). */
export const maxEnvelopeBytes = 256 * 1024;

/**
 * The JSON text of an event, as buses carry and stores keep it.
 * @throws DeskgraphError EVENT_INVALID when it is too large, or its data is no JSON
 */
export function envelopeText(event: EventEnvelope): string {
  const text = jsonOf(event);
  // A UTF-16 unit takes at most three bytes of UTF-8.
  if (text.length * 3 <= maxEnvelopeBytes || Buffer.byteLength(text) <= maxEnvelopeBytes) return text;
  throw new DeskgraphError(
    'EVENT_INVALID',
    `The event ${event.id} has ${Buffer.byteLength(text)} bytes; at most ${maxEnvelopeBytes} are carried. Store what is large, and refer to it.`,
  );
}

function jsonOf(event: EventEnvelope): string {
  try {
    return JSON.stringify(event);
  } catch (cause) {
    throw new DeskgraphError('EVENT_INVALID', `The data of event ${event.id} is no JSON: ${cause}.`, {
      cause,
    });
  }
}
