import { type EventEnvelope, parseEnvelope } from '@deskgraph/events';
import { DeskgraphError } from '@deskgraph/plugin-sdk';

/** Deeper data is nobody's fact, and would overflow the stack of whatever walks it. */
const maxDepth = 64;
/** How far an event's time may be ahead of ours. */
const aheadMs = 5 * 60_000;

/**
 * Reads a CloudEvent in structured mode. A missing topic is the type, a missing partition key the subject, else the
 * topic.
 * @throws DeskgraphError EVENT_INVALID when it is no JSON, no CloudEvent, or nested deeper than 64 levels
 */
export function readIncomingEvent(body: string): EventEnvelope {
  const value = parseJson(body);
  if (isDeeper(value, maxDepth)) throw invalid(`it is nested more than ${maxDepth} levels deep`);
  return parseEnvelope(isRecord(value) ? withDefaults(value) : value);
}

/**
 * Refuses an event that claims to have happened well after now: its sender's clock is wrong.
 * @throws DeskgraphError EVENT_INVALID
 */
export function checkTime({ time }: EventEnvelope, nowMs: number): void {
  // What JavaScript does not read of RFC 3339: leap seconds and small letters.
  const occurredMs = Date.parse(time.toUpperCase().replace(/:60(?=[.Z+-])/, ':59'));
  if (occurredMs - nowMs <= aheadMs) return;
  throw invalid(`time is ${time}, but it is ${new Date(nowMs).toISOString()} here; set the clock right`);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // The parser's own words quote the body.
    throw invalid('the body is not JSON');
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Null is unset, as the JSON format says; what else is there is left to be judged. */
function withDefaults(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const topic = value.topic ?? value.type;
  return { ...value, topic, partitionkey: value.partitionkey ?? value.subject ?? topic };
}

/** Level by level instead of by recursion. */
function isDeeper(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= levels; depth++) {
    level = level.flatMap((node) => (typeof node === 'object' && node !== null ? Object.values(node) : []));
    if (level.length === 0) return false;
  }
  return true;
}

function invalid(reason: string): DeskgraphError {
  return new DeskgraphError('EVENT_INVALID', `The event cannot be taken: ${reason}.`);
}
