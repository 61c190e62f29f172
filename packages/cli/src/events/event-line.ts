import type { OutboxRecord } from '@deskgraph/events/postgres';
import { jsonLine, printable } from './printable.js';

/** How events are shown. */
export interface EventLineOptions {
  /** As JSON: position, publishedAt and the event. */
  readonly json?: boolean;
  /** With the event's data. */
  readonly data?: boolean;
}

/** A published event on one line. */
export function eventLine(record: OutboxRecord, { json, data }: EventLineOptions): string {
  if (json) return jsonLine(record);
  const { type, topic, subject, source, id } = record.event;
  const time = record.publishedAt.replace('T', ' ').slice(0, 19);
  const about = subject === undefined ? '' : `  ${subject}`;
  const line = `${time}  ${type}  ${topic}${about}  ${source}  ${id}`;
  return data ? `${printable(line)}  ${jsonLine(record.event.data)}` : printable(line);
}
