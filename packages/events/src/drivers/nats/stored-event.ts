import type { Msg } from '@nats-io/transport-node';
import type { EventEnvelope } from '../../envelope.js';
import type { Subjects } from './subjects.js';

/** Where a message stands, as its reply subject says. */
export interface Delivery {
  /** In the stream. */
  readonly sequence: number;
  /** Among what this consumer was sent: gapless. */
  readonly consumerSequence: number;
  /** Milliseconds since 1970: when the server stored it. */
  readonly at: number;
  /** Messages for this consumer behind it. */
  readonly pending: number;
}

/** An event of the stream. */
export interface StoredEvent {
  readonly sequence: number;
  readonly at: number;
  readonly partition: number;
  /** The one group that is to handle it, as a token; null for everybody. */
  readonly forGroup: string | null;
  readonly event: EventEnvelope;
}

/** Reads `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.<sequence>.<consumer's>.<ns>.<pending>[.x]`. */
export function deliveryOf({ reply = '' }: Msg): Delivery {
  const tokens = reply.split('.');
  const at = tokens.length === 9 ? 5 : 7;
  return {
    sequence: Number(tokens[at]),
    consumerSequence: Number(tokens[at + 1]),
    at: Math.floor(Number(tokens[at + 2]) / 1e6),
    pending: Number(tokens[at + 3]),
  };
}

/** The event in a message; null when somebody else put something else there. */
export function storedEvent(
  message: Msg,
  { sequence, at }: Delivery,
  subjects: Subjects,
): StoredEvent | null {
  const address = subjects.addressOf(message.subject);
  if (address === null) return null;
  try {
    const { partition, forGroup } = address;
    return { sequence, at, partition, forGroup, event: JSON.parse(message.string()) };
  } catch {
    return null;
  }
}
