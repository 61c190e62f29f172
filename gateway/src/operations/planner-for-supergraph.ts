import { createHash } from 'node:crypto';
import { DeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import { LRUCache } from 'lru-cache';
import type { Planner, QueryPlan } from './planner.js';
import type { PlannerRequest } from './planner-process/messages.js';
import type { PlannerOutcome } from './planner-worker.js';

type PlanRequest = Omit<Extract<PlannerRequest, { kind: 'plan' }>, 'supergraph'>;

const maxQuarantined = 1000;
/** An end to it, since a process may also die or stall for a reason that was not the operation. */
const quarantineMs = 10 * 60_000;

/** The planner of one supergraph over the fleet's processes. Remembers the operations that killed one. */
export class PlannerForSupergraph implements Planner {
  readonly #quarantine = new LRUCache<string, string>({ max: maxQuarantined, ttl: quarantineMs });
  #disposed = false;

  /**
   * @param send  gives the request to a process when its turn comes and `wanted` still says true
   * @param retire  unloads the supergraph
   */
  constructor(
    private readonly send: (request: PlanRequest, wanted: () => boolean) => Promise<PlannerOutcome>,
    private readonly retire: () => void,
    private readonly log: Logger | undefined,
  ) {}

  async plan(document: string, operationName: string | null): Promise<QueryPlan> {
    const digest = createHash('sha256')
      .update(`${operationName ?? ''}\n${document}`)
      .digest();
    const hash = digest.toString('hex');
    this.#refuseQuarantined(hash);
    const overridePercentage = percentageOf(digest);
    const request = { kind: 'plan', document, operationName, overridePercentage } as const;
    const outcome = await this.send(request, () => !this.#quarantine.has(hash));
    if (outcome.kind === 'planned') return outcome.plan;
    this.#refuseQuarantined(hash);
    throw this.#failure(hash, outcome);
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#disposed) this.retire();
    this.#disposed = true;
    return Promise.resolve();
  }

  #failure(hash: string, outcome: PlannerOutcome): DeskgraphError {
    if (outcome.kind === 'died') {
      this.#quarantine.set(hash, outcome.cause);
      const { cause, reason } = outcome;
      this.log?.error(
        { operation: hash, cause, reason },
        'An operation ended a planner process; quarantined',
      );
      return planFailed(hash, howItEnded[cause]);
    }
    const reason = outcome.kind === 'failed' ? outcome.reason : outcome.kind;
    this.log?.warn({ operation: hash, reason }, 'An operation could not be planned');
    return planFailed(hash, 'The query planner found no plan for this operation.', reason);
  }

  #refuseQuarantined(hash: string): void {
    const cause = this.#quarantine.get(hash);
    if (cause === undefined) return;
    throw planFailed(hash, 'This operation is in quarantine: it ended a planner process before.', cause);
  }
}

const howItEnded = {
  crash: 'The query planner crashed over this operation.',
  deadline: 'The query planner did not finish this operation in time.',
};

function planFailed(operation: string, message: string, reason?: string): DeskgraphError {
  return new DeskgraphError('PLAN_FAILED', message, { details: { operation, ...(reason && { reason }) } });
}

/**
 * Where an operation stands in a progressive `@override(label: "percent(n)")`: it uses the overriding
 * subgraph when its number is below n. Taken from the operation's hash, so that every gateway plans an
 * operation alike, 0 moves none, 100 moves all, and n moves about n percent of the distinct operations.
 */
function percentageOf(digest: Buffer): number {
  return (digest.readUInt32BE(0) / 2 ** 32) * 100;
}
