import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { checkEnvelope, createEvent } from '@deskgraph/events';
import { DeskgraphError } from '@deskgraph/plugin-sdk';

/** An event as options say it. */
export interface PostedEvent {
  readonly type?: string;
  /** JSON, or `@` and the name of a file; `@-` is stdin. */
  readonly data?: string;
  readonly subject?: string;
  readonly topic?: string;
  readonly key?: string;
  readonly source: string;
  readonly id?: string;
  readonly time?: string;
  /** A file with a whole event; `-` is stdin. */
  readonly event?: string;
}

/**
 * The event to send. A whole one goes as it is, so that the hub's judgement of it can be tried as well.
 * @throws DeskgraphError BAD_USER_INPUT when a file or its JSON cannot be read, EVENT_INVALID for wrong attributes
 */
export async function eventToPost(options: PostedEvent): Promise<unknown> {
  if (options.event !== undefined) return parseJson(await readInput(options.event), options.event);
  const { type, source, subject } = options;
  if (type === undefined) throw new DeskgraphError('BAD_USER_INPUT', 'Say a --type, or give an --event.');
  const topic = options.topic ?? type;
  const made = createEvent({
    type,
    topic,
    source,
    ...(subject !== undefined && { subject }),
    partitionkey: options.key ?? subject ?? topic,
    data: await readData(options.data ?? '{}'),
  });
  return checkEnvelope({ ...made, id: options.id ?? made.id, time: options.time ?? made.time });
}

async function readData(given: string): Promise<unknown> {
  if (!given.startsWith('@')) return parseJson(given, '--data');
  return parseJson(await readInput(given.slice(1)), given.slice(1));
}

async function readInput(file: string): Promise<string> {
  if (file === '-') return readAll(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new DeskgraphError('BAD_USER_INPUT', `${file} cannot be read: ${(cause as Error).message}.`, {
      cause,
    });
  }
}

function parseJson(text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const name = from === '-' ? 'stdin' : from;
    throw new DeskgraphError('BAD_USER_INPUT', `${name} is no JSON: ${(cause as Error).message}.`, { cause });
  }
}
