import { type DeskgraphError, isDeskgraphError } from '@deskgraph/plugin-sdk';
import { type Refusal, refusalFor } from '../request/refusal.js';

/** Why an event was not taken. The status is the step's: one code can mean different things (schema/EVENTS.md, 8). */
export class RefusedEvent extends Error {
  constructor(
    readonly status: number,
    override readonly cause: DeskgraphError,
  ) {
    super(cause.message, { cause });
  }

  get refusal(): Refusal {
    return { ...refusalFor(this.cause), status: this.status };
  }
}

/** Runs a step; what it refuses is answered with the status. */
export function orRefuse<Result>(status: number, step: () => Result): Result {
  try {
    return step();
  } catch (error) {
    throw isDeskgraphError(error) ? new RefusedEvent(status, error) : error;
  }
}
