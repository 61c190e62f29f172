import { createHash } from 'node:crypto';
import type { EventEnvelope } from '../../envelope.js';
import { partitionCount, partitionOf } from '../../partition.js';

/** Longer tokens are hashed: a server ends connections that send lines over 4 KiB. */
const longestToken = 200;

/**
 * Any text as one token of a subject, readable where it can be: letters, digits, `_` and `-` stay, other bytes of its
 * UTF-8 become `=` and two hexadecimal digits. Long texts become `=` and a hash.
 */
export function subjectToken(text: string): string {
  const token = text.replace(/[^A-Za-z0-9_-]+/g, escaped);
  return token.length <= longestToken ? token : `=${createHash('sha256').update(text).digest('base64url')}`;
}

const escaped = (other: string): string =>
  Buffer.from(other).toString('hex').toUpperCase().replace(/../g, '=$&');

/** Where a message of the stream of events belongs. */
export interface Address {
  readonly partition: number;
  /** As a token. */
  readonly type: string;
  /** The one group that is to handle it, as a token; null for everybody. */
  readonly forGroup: string | null;
}

/** Names of the streams and subjects of a hub: all begin with its name. */
export class Subjects {
  readonly eventStream: string;
  readonly groupStream: string;
  readonly deadStream: string;
  readonly allEvents: string;
  readonly allGroups: string;
  readonly allDead: string;

  /** @param name  letters, digits, `_` and `-` */
  constructor(private readonly name: string) {
    this.eventStream = `${name}_events`;
    this.groupStream = `${name}_groups`;
    this.deadStream = `${name}_dead`;
    this.allEvents = `${name}.events.>`;
    this.allGroups = `${name}.groups.*`;
    this.allDead = `${name}.dead.*`;
  }

  /** `<name>.events.<partition>.<topic>.<type>`, and the group behind it where only that is to handle it. */
  event({ partitionkey, topic, type }: EventEnvelope, forGroup?: string): string {
    const subject = `${this.name}.events.${partitionOf(partitionkey)}.${subjectToken(topic)}.${subjectToken(type)}`;
    return forGroup === undefined ? subject : `${subject}.${subjectToken(forGroup)}`;
  }

  /** All events of a topic that everybody sees. */
  topic(topic: string): string {
    return `${this.name}.events.*.${subjectToken(topic)}.*`;
  }

  /** All events of a type that everybody sees. */
  type(type: string): string {
    return `${this.name}.events.*.*.${subjectToken(type)}`;
  }

  group(group: string): string {
    return `${this.name}.groups.${subjectToken(group)}`;
  }

  dead(group: string): string {
    return `${this.name}.dead.${subjectToken(group)}`;
  }

  /** Reads an event's subject; null when it is none. */
  addressOf(subject: string): Address | null {
    const [partition, , type, forGroup] = subject.slice(this.name.length + '.events.'.length).split('.');
    const number = Number(partition);
    if (type === undefined || !Number.isInteger(number) || number < 0 || number >= partitionCount)
      return null;
    return { partition: number, type, forGroup: forGroup ?? null };
  }
}
