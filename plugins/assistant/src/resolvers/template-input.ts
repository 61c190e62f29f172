import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { type Condition, needsNumber } from '../matching/condition.js';
import { isDecimal } from '../matching/decimal.js';
import type { EventShape } from '../matching/event-shapes.js';
import { replyLanguages } from '../matching/language.js';
import { hasStrayBraces, variablesIn } from '../matching/template-text.js';
import { maxRelevanceSeconds } from '../store/retention.js';
import type { TemplateFields } from '../store/template-store.js';

const maxNameLength = 200;
const maxTextLength = 4_000;
const maxValueLength = 200;
const maxConditions = 20;
const maxVariables = 20;
const maxPriority = 1_000;

/** Template fields that a client may leave out or send as null. */
export type TemplateChanges = { readonly [Field in keyof TemplateFields]?: TemplateFields[Field] | null };

/** The fields with the changes; what is absent or null stays. */
export function merged(current: TemplateFields, changes: TemplateChanges): TemplateFields {
  const given = Object.entries(changes).filter(
    ([field, value]) => field in current && value !== null && value !== undefined,
  );
  return { ...current, ...Object.fromEntries(given) };
}

/**
 * Checks what a template says against the events that it can be written for; finds everything that is wrong at once.
 * @returns the fields
 * @throws DeskgraphError BAD_USER_INPUT
 */
export function checkTemplate(
  fields: TemplateFields,
  shapes: ReadonlyMap<string, EventShape>,
): TemplateFields {
  const shape = shapes.get(fields.eventType);
  const problems = [
    ...lengthProblems('name', fields.name, maxNameLength),
    ...lengthProblems('text', fields.text, maxTextLength),
    ...oneOf('language', fields.language, replyLanguages),
    ...oneOf('eventType', fields.eventType, [...shapes.keys()]),
    ...fields.expiresOn.flatMap((type) => oneOf('expiresOn', type, [...shapes.keys()])),
    ...within('priority', fields.priority, -maxPriority, maxPriority),
    ...within('expiresAfterSeconds', fields.expiresAfterSeconds, 1, maxRelevanceSeconds),
    ...(shape === undefined
      ? []
      : [...textProblems(fields.text, shape), ...conditionsProblems(fields, shape)]),
  ];
  if (problems.length === 0) return fields;
  throw new DeskgraphError('BAD_USER_INPUT', `The template cannot be used: ${problems.join('; ')}.`);
}

function textProblems(text: string, { type, variables }: EventShape): string[] {
  const used = variablesIn(text);
  return [
    ...(hasStrayBraces(text) ? ['"text" has braces that enclose no variable; write {{order.number}}'] : []),
    ...(used.length > maxVariables ? [`"text" has more than ${maxVariables} variables`] : []),
    ...used
      .filter((name) => !variables.includes(name))
      .map((name) => `${type} gives nothing for {{${name}}}; it has ${variables.join(', ')}`),
  ];
}

function conditionsProblems({ conditions }: TemplateFields, shape: EventShape): string[] {
  if (conditions.length > maxConditions) return [`there are more than ${maxConditions} conditions`];
  return conditions.flatMap((condition) => conditionProblems(condition, shape));
}

function conditionProblems({ path, operator, values }: Condition, { type, paths }: EventShape): string[] {
  const at = `condition "${path} ${operator}"`;
  return [
    ...(paths.includes(path) ? [] : [`${at}: ${type} has no such value; it has ${paths.join(', ')}`]),
    ...(operator === 'IN' || values.length === 1 ? [] : [`${at} needs one value, found ${values.length}`]),
    ...(values.length <= maxConditions && values.length > 0
      ? []
      : [`${at} needs 1 to ${maxConditions} values`]),
    ...values.flatMap((value) => lengthProblems(at, value, maxValueLength)),
    ...(needsNumber(operator) && !values.every(isDecimal)
      ? [`${at} compares numbers; write 100 or 99.50`]
      : []),
  ];
}

function lengthProblems(what: string, value: string, max: number): string[] {
  if (value.trim() !== '' && value.length <= max && !value.includes('\0')) return [];
  return [`${what} must have 1 to ${max} characters that are not all blank, and none of them U+0000`];
}

function oneOf(what: string, value: string, known: readonly string[]): string[] {
  return known.includes(value)
    ? []
    : [`${what} must be one of ${known.join(', ')}, found ${JSON.stringify(value)}`];
}

function within(what: string, value: number, min: number, max: number): string[] {
  return value >= min && value <= max ? [] : [`${what} must be from ${min} to ${max}, found ${value}`];
}
