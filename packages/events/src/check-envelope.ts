import { DeskgraphError } from '@deskgraph/plugin-sdk';
import {
  isAbsoluteUri,
  isAttributeString,
  isTimestamp,
  isTraceparent,
  isUriReference,
} from './attribute-types.js';
import type { EventEnvelope } from './envelope.js';

type Rule = readonly [test: (value: unknown) => boolean, wanted: string];

const nonEmpty: Rule = [(value) => isAttributeString(value) && value !== '', 'a non-empty string'];

/** Rules of CloudEvents 1.0 sections 3.1 to 3.2 and of the extensions used; `?` marks optional attributes. */
const rules: Readonly<Record<string, Rule>> = {
  specversion: [(value) => value === '1.0', '"1.0"'],
  id: nonEmpty,
  source: [isUriReference, 'a non-empty URI reference'],
  type: nonEmpty,
  time: [isTimestamp, 'an RFC 3339 timestamp'],
  topic: nonEmpty,
  partitionkey: nonEmpty,
  'subject?': nonEmpty,
  'datacontenttype?': [isJsonMediaType, 'a JSON media type'],
  'dataschema?': [isAbsoluteUri, 'an absolute URI'],
  'traceparent?': [isTraceparent, 'a W3C trace context traceparent'],
};

const namedRules = Object.entries(rules).map(([key, [test, wanted]]) => {
  const optional = key.endsWith('?');
  return { name: optional ? key.slice(0, -1) : key, optional, test, wanted };
});
const ruledNames = new Set(namedRules.map(({ name }) => name));

/**
 * Checks an envelope of the hub's own making.
 * @returns the event itself
 * @throws DeskgraphError EVENT_INVALID naming every attribute that CloudEvents 1.0 does not allow
 */
export function checkEnvelope<Data>(event: EventEnvelope<Data>): EventEnvelope<Data> {
  const problems = problemsOf(event as unknown as Readonly<Record<string, unknown>>);
  if (problems.length === 0) return event;
  throw invalid(problems);
}

/**
 * Takes an event from outside: a parsed JSON value of any shape. Attributes that are null are unset, as the
 * CloudEvents JSON format says (section 2.2).
 * @throws DeskgraphError EVENT_INVALID naming everything that is wrong with it
 */
export function parseEnvelope(value: unknown): EventEnvelope {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid([`it is ${value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value}`]);
  }
  const attributes = Object.entries(value).filter(([name, found]) => found !== null || name === 'data');
  return checkEnvelope(Object.fromEntries(attributes) as unknown as EventEnvelope);
}

function problemsOf(event: Readonly<Record<string, unknown>>): string[] {
  const problems: string[] = [];
  for (const { name, optional, test, wanted } of namedRules) {
    const found = event[name];
    if ((optional && found === undefined) || test(found)) continue;
    problems.push(`${name} must be ${wanted}, found ${shown(found)}`);
  }
  if (event.data === undefined) problems.push('data is missing');
  for (const name in event) {
    if (name === 'data' || ruledNames.has(name)) continue;
    const found = event[name];
    if (found === undefined) continue;
    if (name === 'data_base64') problems.push('data_base64 is not carried; put JSON into data');
    else problems.push(...extensionProblems(name, found));
  }
  return problems;
}

/** CloudEvents 1.0 section 3.1.1 (names) and 3.1.2 (the type system). */
function extensionProblems(name: string, value: unknown): string[] {
  if (!/^[a-z0-9]+$/.test(name)) return [`the name ${shown(name)} may have only letters a-z and digits`];
  const int32 = typeof value === 'number' && value === Math.trunc(value) && Math.abs(value) < 2 ** 31;
  if (typeof value === 'boolean' || int32 || isAttributeString(value)) return [];
  return [`${name} must be a string, boolean or 32-bit integer, found ${shown(value)}`];
}

function isJsonMediaType(value: unknown): boolean {
  return typeof value === 'string' && /^[\w!#$&^.+-]+\/([\w!#$&^.+-]+\+)?json\s*(;.*)?$/i.test(value);
}

const longestShown = 60;

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}...` : text;
}

function invalid(problems: readonly string[]): DeskgraphError {
  return new DeskgraphError(
    'EVENT_INVALID',
    `The event is not a CloudEvents 1.0 event: ${problems.join('; ')}.`,
  );
}
