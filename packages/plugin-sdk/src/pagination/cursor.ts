import { DeskgraphError } from '../deskgraph-error.js';
import type { KeyColumn } from './keyset.js';

/** An opaque cursor for a row: its key values. */
export function encodeCursor(values: readonly (string | number | bigint)[]): string {
  return Buffer.from(JSON.stringify(values.map(String))).toString('base64url');
}

/** @throws DeskgraphError BAD_USER_INPUT when it was not made for a list with these columns */
export function decodeCursor(cursor: string, columns: readonly KeyColumn[]): readonly string[] {
  const values = parse(cursor);
  if (Array.isArray(values) && values.length === columns.length && columns.every(fits(values))) {
    return values as string[];
  }
  throw new DeskgraphError(
    'BAD_USER_INPUT',
    `"${cursor.slice(0, 60)}" is not a cursor of this list; use an endCursor or startCursor as it was given.`,
  );
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

function fits(values: readonly unknown[]): (column: KeyColumn, index: number) => boolean {
  return ({ type }, index) => {
    const value = values[index];
    if (typeof value !== 'string') return false;
    // PostgreSQL has no character U+0000, and bigint ends after 19 digits.
    return type === 'bigint' ? /^-?\d{1,18}$/.test(value) : !value.includes('\0');
  };
}
