import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeskgraphError } from '@deskgraph/plugin-sdk';

/** One SQL file. */
export interface Migration {
  /** Path for messages. */
  readonly path: string;
  /** Name that it is recorded by. */
  readonly file: string;
  readonly sql: string;
  /** SHA-256 in hex, the same whatever line ends a checkout gave the file. */
  readonly checksum: string;
}

/**
 * The folder's `NNNN-name.sql` files in order; other files are left alone.
 * @throws DeskgraphError MIGRATION_FAILED when the folder cannot be read or the numbers are not 0001, 0002, ...
 */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const names = await readdir(directory).catch((cause) => {
    throw new DeskgraphError(
      'MIGRATION_FAILED',
      `The folder of migrations cannot be read: ${cause.message}.`,
      {
        cause,
      },
    );
  });
  const files = names.filter((name) => name.endsWith('.sql')).sort();
  const problems = numberingProblems(files);
  if (problems.length > 0) {
    throw new DeskgraphError(
      'MIGRATION_FAILED',
      `${directory}: files must be named 0001-name.sql, 0002-name.sql and so on, without gaps or repeats. ${problems.join(' ')}`,
    );
  }
  return Promise.all(files.map((file) => readMigration(join(directory, file), file)));
}

/** Reads one SQL file, to be recorded by the name given. */
export async function readMigration(path: string, file: string): Promise<Migration> {
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new DeskgraphError('MIGRATION_FAILED', `${path} cannot be read: ${cause.message}.`, { cause });
  });
  // PostgreSQL takes a byte order mark for a syntax error.
  const sql = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  return { path, file, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}

function numberingProblems(files: readonly string[]): string[] {
  const named = files.map((file) => ({ file, number: Number(/^(\d{4})-.+\.sql$/.exec(file)?.[1]) }));
  const misnamed = named.filter(({ number }) => Number.isNaN(number));
  if (misnamed.length > 0) return misnamed.map(({ file }) => `${file} has no such name.`);
  const numbers = named.map(({ number }) => number);
  const repeated = named.filter(({ number }, index) => numbers.indexOf(number) !== index);
  const highest = Math.max(0, ...numbers);
  const missing = Array.from({ length: highest }, (_, index) => index + 1).filter(
    (number) => !numbers.includes(number),
  );
  return [
    ...repeated.map(({ file }) => `${file} repeats a number.`),
    ...missing.map((number) => `${String(number).padStart(4, '0')} is missing.`),
    ...(numbers.includes(0) ? ['They begin with 0001.'] : []),
  ];
}
