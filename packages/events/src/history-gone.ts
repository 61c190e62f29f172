import { DeskgraphError } from '@deskgraph/plugin-sdk';

/** What a position that the history does not reach is answered with (schema/EVENTS.md, section 5). */
export function historyGone(): DeskgraphError {
  return new DeskgraphError(
    'RESUME_GAP',
    'The history does not reach back to this position. Read the state by a query, and subscribe after "now".',
  );
}
