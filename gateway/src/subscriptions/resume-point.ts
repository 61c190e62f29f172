import { type Position, parsePosition } from '@deskgraph/events';
import type { OperationRequest } from '../gateway-core.js';

/** Where a subscription is to go on (schema/EVENTS.md, section 6.2). */
export interface ResumePoint {
  /** Null: live from now on. */
  readonly after: Position | null;
  /** The first result tells where the stream begins. */
  readonly tellStart: boolean;
  /** The client asked for it, so that it must be told when it cannot be had. */
  readonly demanded: boolean;
}

/** @throws DeskgraphError POSITION_INVALID */
export function resumePointOf({ after, tellStart = false }: OperationRequest): ResumePoint {
  if (after === undefined) return { after: null, tellStart, demanded: false };
  if (after === 'now') return { after: null, tellStart: true, demanded: true };
  return { after: parsePosition(after), tellStart: false, demanded: true };
}
