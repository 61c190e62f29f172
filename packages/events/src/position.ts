import { DeskgraphError } from '@deskgraph/plugin-sdk';

/** A place in a topic (schema/EVENTS.md, section 5). */
export interface Position {
  /** Names the storage; positions of different epochs cannot be compared. Letters and digits. */
  readonly epoch: string;
  /** Grows along a topic; need not be gapless. A non-negative safe integer. */
  readonly sequence: number;
}

/** `<epoch>.<sequence>`: what clients keep. */
export function formatPosition({ epoch, sequence }: Position): string {
  return `${epoch}.${sequence}`;
}

/** @throws DeskgraphError POSITION_INVALID for a text that is no position */
export function parsePosition(text: string): Position {
  const found = /^([A-Za-z0-9]{1,32})\.(0|[1-9]\d{0,15})$/.exec(text);
  const sequence = Number(found?.[2]);
  if (found !== null && Number.isSafeInteger(sequence)) return { epoch: found[1] as string, sequence };
  throw new DeskgraphError(
    'POSITION_INVALID',
    `"${text.slice(0, 60)}" is not a position that a result gave.`,
  );
}
