import { type EventData, scalarText, valueAt } from './event-data.js';
import type { Formats } from './formats.js';

/** What a template is filled in from. */
export interface Subject {
  readonly data: EventData;
  readonly customerName: string;
  readonly occurredAt: Date;
}

/** A gap that a template can have. */
interface Variable {
  /** What it needs in the event's data; null when it comes from elsewhere. */
  readonly path: string | null;
  /** Undefined when it is missing. */
  value(subject: Subject, formats: Formats): string | undefined;
}

const maxValueLength = 200;

/** The closed list of variables, by name. */
const variables: ReadonlyMap<string, Variable> = new Map<string, Variable>([
  ['customer.name', { path: null, value: ({ customerName }) => customerName }],
  ['date', { path: null, value: ({ occurredAt }, formats) => formats.day(occurredAt) }],
  ['order.number', text('number')],
  ['order.items', { path: 'items', value: ({ data }, formats) => formats.list(itemNames(data)) }],
  ['total', money('total')],
  ['refund', money('refund')],
  ['shipping.carrier', text('carrier')],
  ['shipping.trackingNumber', text('trackingNumber')],
  [
    'shipping.expectedOn',
    { path: 'expectedOn', value: ({ data }, formats) => formats.calendarDay(valueAt(data, 'expectedOn')) },
  ],
]);

/** Names of the variables that an event with these top-level properties can fill. */
export function variablesOf(properties: ReadonlySet<string>): string[] {
  return [...variables].flatMap(([name, { path }]) => (path === null || properties.has(path) ? [name] : []));
}

/**
 * What a variable stands for, as one line of at most 200 characters; undefined when there is no such variable, or
 * the data has nothing for it. Never throws, whatever the data.
 */
export function variableValue(name: string, subject: Subject, formats: Formats): string | undefined {
  const value = variables.get(name)?.value(subject, formats);
  const clean = value === undefined ? '' : oneLine(value);
  return clean === '' ? undefined : clean;
}

function text(path: string): Variable {
  return { path, value: ({ data }) => scalarText(valueAt(data, path)) };
}

function money(path: string): Variable {
  return {
    path,
    value: ({ data }, formats) =>
      formats.money(valueAt(data, `${path}.amount`), valueAt(data, `${path}.currency`)),
  };
}

function itemNames(data: EventData): string[] {
  const items = valueAt(data, 'items');
  if (!Array.isArray(items)) return [];
  return items.flatMap((item) => scalarText(valueAt(item, 'name')) ?? []);
}

/** Data must not break a text's lines, turn its direction around or hide in it. */
function oneLine(value: string): string {
  const visible = value
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '')
    .trim();
  const characters = [...visible];
  return characters.length > maxValueLength
    ? `${characters.slice(0, maxValueLength - 1).join('')}…`
    : visible;
}
