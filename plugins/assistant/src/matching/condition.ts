import { compareDecimals, isDecimal } from './decimal.js';
import { type EventData, scalarText, valueAt } from './event-data.js';

/** How a value is compared. */
export const operators = ['EQ', 'NE', 'LT', 'LE', 'GT', 'GE', 'IN'] as const;

/** One of `operators`. */
export type Operator = (typeof operators)[number];

/** What must be true of an event's data. */
export interface Condition {
  /** Where in the data: `total.amount`. */
  readonly path: string;
  readonly operator: Operator;
  /** What it is compared with: several with IN, else one. */
  readonly values: readonly string[];
}

/** Whether a condition holds, and what it was decided on: `total.amount 1280.00 ≥ 100`. */
export interface Verdict {
  readonly holds: boolean;
  readonly because: string;
}

const signs: Readonly<Record<Operator, string>> = {
  EQ: '=',
  NE: '≠',
  LT: '<',
  LE: '≤',
  GT: '>',
  GE: '≥',
  IN: '∈',
};
const maxShown = 60;

/** Operators that need numbers on both sides. */
const ordering: Readonly<Partial<Record<Operator, (difference: number) => boolean>>> = {
  LT: (difference) => difference < 0,
  LE: (difference) => difference <= 0,
  GT: (difference) => difference > 0,
  GE: (difference) => difference >= 0,
};

/**
 * Decides a condition. Numbers are compared as decimals, all else as text. Missing data matches nothing, NE included;
 * neither does an order between what are not both numbers. Never throws, whatever the data.
 */
export function decide({ path, operator, values }: Condition, data: EventData): Verdict {
  const found = scalarText(valueAt(data, path));
  if (found === undefined) return { holds: false, because: `${path} is missing` };
  return {
    holds: compare(found, operator, values),
    because: `${path} ${shown(found)} ${signs[operator]} ${values.join(', ')}`,
  };
}

/** Whether an operator compares numbers only. */
export function needsNumber(operator: Operator): boolean {
  return ordering[operator] !== undefined;
}

function compare(found: string, operator: Operator, values: readonly string[]): boolean {
  const [first] = values;
  if (first === undefined) return false;
  const test = ordering[operator];
  if (test !== undefined) {
    const difference = compareDecimals(found, first);
    return difference !== null && test(difference);
  }
  if (operator === 'NE') return !equal(found, first);
  return (operator === 'IN' ? values : [first]).some((value) => equal(found, value));
}

function equal(left: string, right: string): boolean {
  return isDecimal(left) && isDecimal(right) ? compareDecimals(left, right) === 0 : left === right;
}

function shown(text: string): string {
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}
