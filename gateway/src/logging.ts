import type { Logger } from '@deskgraph/plugin-sdk';
import { type DestinationStream, pino } from 'pino';

/** The logger with which everything starts; parts get children that name them. */
export interface RootLogger extends Logger {
  /** A logger that adds these fields to every line. */
  child(fields: Readonly<Record<string, unknown>>): Logger;
}

export interface LoggingOptions {
  /** The least severe level that is written. Default `info`. */
  readonly level?: 'debug' | 'info' | 'warn' | 'error';
  /** JSON for machines, lines for people. Default: lines when stderr is a terminal. */
  readonly format?: 'json' | 'lines';
  /** Where each line goes, newline included. Default: stderr. */
  readonly write?: (line: string) => void;
}

/** Logs to stderr, so that stdout stays free for what a command answers. */
export function createLogger(options: LoggingOptions = {}): RootLogger {
  const write = options.write ?? ((line: string) => void process.stderr.write(line));
  const lines = (options.format ?? (process.stderr.isTTY ? 'lines' : 'json')) === 'lines';
  const destination: DestinationStream = { write: lines ? (json) => write(readable(json)) : write };
  return pino(
    {
      level: options.level ?? 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      serializers: { error: pino.stdSerializers.errWithCause },
    },
    destination,
  );
}

/** `12:00:00.000 WARN  message  key=value`: one line; a stack follows on lines of its own. */
function readable(json: string): string {
  const { time, level, msg, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const texts = Object.entries(fields).map(([key, value]) => `${key}=${fieldText(value)}`);
  const stack = stackOf(fields.error) ?? stackOf(fields.err);
  const line = [`${String(time).slice(11, 23)} ${String(level).toUpperCase().padEnd(5)} ${msg}`, ...texts];
  return `${line.join('  ')}\n${stack === undefined ? '' : `${stack}\n`}`;
}

function fieldText(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  const message = stackOf(value) === undefined ? undefined : (value as { message?: unknown }).message;
  return JSON.stringify(message ?? value) ?? String(value);
}

function stackOf(value: unknown): string | undefined {
  const stack = (value as { stack?: unknown } | null | undefined)?.stack;
  return typeof stack === 'string' ? stack : undefined;
}
