import type { Logger } from '@deskgraph/plugin-sdk';
import type { PlannerRequest } from './planner-process/messages.js';
import { type PlannerDeath, type PlannerOutcome, PlannerWorker } from './planner-worker.js';

const longestPauseMs = 5000;

/** A place in the fleet: keeps one planner process running, starting another when it dies. */
export class PlannerSlot {
  #worker: PlannerWorker | null = null;
  #state: 'starting' | 'idle' | 'busy' | 'pausing' | 'stopped' = 'starting';
  #failures = 0;
  #failedStarts = 0;
  #pause: NodeJS.Timeout | undefined;

  /**
   * @param onIdle  called when the process can take a request
   * @param onFailedStart  called when a process ended before it was up
   */
  constructor(
    private readonly log: Logger | undefined,
    private readonly onIdle: () => void,
    private readonly onFailedStart: (death: PlannerDeath) => void,
  ) {
    this.#start();
  }

  get pid(): number | undefined {
    return this.#worker?.pid;
  }

  /** Whether a request can be given to it now. */
  get idle(): boolean {
    return this.#state === 'idle';
  }

  /** How many processes in a row ended before they were up. */
  get failedStarts(): number {
    return this.#failedStarts;
  }

  get loaded(): ReadonlySet<number> {
    return this.#worker?.loaded ?? new Set();
  }

  /** Only when `idle`. The outcome is there before the next request can begin. */
  async request(request: PlannerRequest, deadlineMs: number): Promise<PlannerOutcome> {
    const worker = this.#worker;
    if (worker === null || this.#state !== 'idle') throw new Error('the planner process is not idle');
    this.#state = 'busy';
    const outcome = await worker.request(request, deadlineMs);
    if (outcome.kind !== 'died') {
      this.#failures = 0;
      // It may have been stopped or replaced meanwhile.
      if (this.#worker === worker && this.#isBusy()) this.#becomeIdle();
    }
    return outcome;
  }

  /** Only when `idle`. */
  unload(supergraph: number): void {
    this.#worker?.unload(supergraph);
  }

  /** Kills the process; another is started. */
  restart(): void {
    this.#worker?.kill();
  }

  async stop(): Promise<void> {
    this.#state = 'stopped';
    clearTimeout(this.#pause);
    this.#worker?.kill();
    await this.#worker?.gone;
  }

  #isBusy(): boolean {
    return this.#state === 'busy';
  }

  #start(): void {
    this.#state = 'starting';
    const worker = new PlannerWorker();
    this.#worker = worker;
    void worker.ready.then((up) => {
      if (!up || this.#state !== 'starting') return;
      this.#failedStarts = 0;
      this.#becomeIdle();
    });
    void worker.gone.then((death) => this.#replace(death));
  }

  /** The idle callback runs after the caller of `request` has its outcome, quarantines included. */
  #becomeIdle(): void {
    this.#state = 'idle';
    setImmediate(this.onIdle);
  }

  /** At once after the first death, since clients wait; ever slower while nothing but deaths follow. */
  #replace(death: PlannerDeath): void {
    if (this.#state === 'stopped') return;
    const failedStart = this.#state === 'starting';
    this.#failures++;
    const pauseMs = this.#failures === 1 ? 0 : Math.min(25 * 2 ** this.#failures, longestPauseMs);
    this.#state = 'pausing';
    this.#worker = null;
    this.log?.warn(
      { cause: death.cause, reason: death.reason, pauseMs },
      'A planner process ended; restarting',
    );
    this.#pause = setTimeout(() => this.#start(), pauseMs);
    if (!failedStart) return;
    this.#failedStarts++;
    this.onFailedStart(death);
  }
}
