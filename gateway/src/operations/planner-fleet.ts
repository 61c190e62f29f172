import { DeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import type { Planner } from './planner.js';
import { PlannerForSupergraph } from './planner-for-supergraph.js';
import type { PlannerRequest } from './planner-process/messages.js';
import { PlannerSlot } from './planner-slot.js';
import type { PlannerDeath, PlannerOutcome } from './planner-worker.js';

export interface PlannerFleetOptions {
  /** Processes. Default 2: one keeps planning while another restarts or loads. */
  readonly size?: number;
  /** How long a plan may wait for a process, and how long a process may work on it. Default 5000. */
  readonly deadlineMs?: number;
  /** How long a process may take to load a supergraph. Default 60000. */
  readonly loadDeadlineMs?: number;
  /** Plans that may wait at a time. Default 1000. */
  readonly maxWaiting?: number;
  readonly log?: Logger;
}

type Task = Exclude<PlannerRequest, { kind: 'unload' }>;

interface LoadedSupergraph {
  readonly sdl: string;
  /** One process has loaded it, so each should hold it. Before that, it may be what kills processes. */
  proven: boolean;
}

interface WaitingTask {
  readonly task: Task;
  /** Asked when its turn comes: false drops it. */
  readonly wanted: () => boolean;
  readonly retried: boolean;
  readonly resolve: (outcome: PlannerOutcome) => void;
  readonly reject: (error: DeskgraphError) => void;
  readonly timer: NodeJS.Timeout;
}

/** Starts in a row that fail before we say that planners do not run here at all. */
const hopelessStarts = 3;

/**
 * Planner processes shared by all generations (docs/adr/0003-planner-processes.md). A process works on one
 * request at a time, so that a crash or a hang has one culprit. Processes start at construction.
 */
export class PlannerFleet implements AsyncDisposable {
  readonly #options: Required<Omit<PlannerFleetOptions, 'log'>>;
  readonly #log: Logger | undefined;
  readonly #slots: PlannerSlot[];
  /** Every supergraph that is not retired, by key. */
  readonly #supergraphs = new Map<number, LoadedSupergraph>();
  readonly #waiting: WaitingTask[] = [];
  #lastKey = 0;
  #disposed = false;

  constructor(options: PlannerFleetOptions = {}) {
    this.#options = { size: 2, deadlineMs: 5000, loadDeadlineMs: 60_000, maxWaiting: 1000, ...options };
    this.#log = options.log;
    this.#slots = Array.from({ length: this.#options.size }, () => this.#createSlot());
  }

  /** Process ids of the planners that run now. */
  get pids(): number[] {
    return this.#slots.flatMap((slot) => slot.pid ?? []);
  }

  /**
   * A planner over one supergraph. Resolves when the first process has loaded it; the others follow.
   * Disposing it unloads it everywhere.
   * @throws DeskgraphError SUPERGRAPH_INVALID when the native planner cannot load it, or crashes over it;
   *   PLANNER_UNAVAILABLE when no process runs
   */
  async planner(supergraphSdl: string): Promise<Planner> {
    const key = ++this.#lastKey;
    const supergraph: LoadedSupergraph = { sdl: supergraphSdl, proven: false };
    this.#supergraphs.set(key, supergraph);
    try {
      await this.#prove(key, supergraph);
    } catch (error) {
      this.#retire(key);
      throw error;
    }
    return new PlannerForSupergraph(
      (request, wanted) => this.#enqueue({ ...request, supergraph: key }, this.#options.deadlineMs, wanted),
      () => this.#retire(key),
      this.#log,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#rejectWaiting(() => true, 'the gateway is stopping');
    await Promise.all(this.#slots.map((slot) => slot.stop()));
  }

  #createSlot(): PlannerSlot {
    return new PlannerSlot(
      this.#log,
      () => this.#dispatch(),
      (death) => this.#reportFailedStart(death),
    );
  }

  async #prove(key: number, supergraph: LoadedSupergraph): Promise<void> {
    const task = { kind: 'load', supergraph: key, sdl: supergraph.sdl } as const;
    const outcome = await this.#enqueue(task, this.#options.loadDeadlineMs);
    if (outcome.kind !== 'loaded') throw cannotLoad(outcome);
    supergraph.proven = true;
    this.#dispatch();
  }

  #enqueue(task: Task, waitMs: number, wanted = () => true, retried = false): Promise<PlannerOutcome> {
    if (this.#disposed) return Promise.reject(unavailable('the gateway is stopping'));
    if (this.#waiting.length >= this.#options.maxWaiting) {
      return Promise.reject(unavailable(`${this.#waiting.length} operations wait already`));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const index = this.#waiting.indexOf(entry);
        if (index === -1) return;
        this.#waiting.splice(index, 1);
        reject(unavailable(`none became free within ${waitMs} ms`));
      }, waitMs);
      const entry: WaitingTask = { task, wanted, retried, resolve, reject, timer };
      this.#waiting.push(entry);
      this.#dispatch();
    });
  }

  /** Gives every idle process its next work: first to hold what it should, then what waits longest. */
  #dispatch(): void {
    for (const slot of this.#slots) {
      if (slot.idle) this.#employ(slot);
    }
  }

  #employ(slot: PlannerSlot): void {
    for (const key of slot.loaded) if (!this.#supergraphs.has(key)) slot.unload(key);
    for (const [key, { sdl, proven }] of this.#supergraphs) {
      if (proven && !slot.loaded.has(key)) return void this.#loadAgain(slot, key, sdl);
    }
    const next = this.#takeWaiting();
    if (next === undefined) return;
    const { deadlineMs, loadDeadlineMs } = this.#options;
    const limitMs = next.task.kind === 'load' ? loadDeadlineMs : deadlineMs;
    void slot.request(next.task, limitMs).then((outcome) => this.#settle(next, outcome));
  }

  /** An operation that its process never began has done no wrong: it goes to another process, once. */
  #settle(waiting: WaitingTask, outcome: PlannerOutcome): void {
    const innocent = waiting.task.kind === 'plan' && outcome.kind === 'died' && !outcome.planning;
    if (!innocent) waiting.resolve(outcome);
    else if (waiting.retried) waiting.reject(unavailable('two in a row ended before they began'));
    else
      this.#enqueue(waiting.task, this.#options.deadlineMs, waiting.wanted, true).then(
        waiting.resolve,
        waiting.reject,
      );
  }

  #takeWaiting(): WaitingTask | undefined {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      clearTimeout(next.timer);
      if (next.wanted()) return next;
      next.resolve({ kind: 'failed', reason: 'quarantined while it waited' });
    }
    return undefined;
  }

  /** A supergraph that loaded in one process should load in each; one that cannot starts afresh. */
  async #loadAgain(slot: PlannerSlot, supergraph: number, sdl: string): Promise<void> {
    const task = { kind: 'load', supergraph, sdl } as const;
    const outcome = await slot.request(task, this.#options.loadDeadlineMs);
    if (outcome.kind !== 'failed') return;
    this.#log?.error(
      { reason: outcome.reason },
      'A planner process could not load a supergraph; restarting it',
    );
    slot.restart();
  }

  #retire(key: number): void {
    this.#supergraphs.delete(key);
    this.#rejectWaiting((task) => task.supergraph === key, 'this supergraph is no longer in service');
    this.#dispatch();
  }

  /** When no process starts at all, waiting to the deadline would only hide the reason. */
  #reportFailedStart(death: PlannerDeath): void {
    if (this.#slots.some((slot) => slot.failedStarts < hopelessStarts)) return;
    const platforms = 'the native planner runs on Linux with glibc and on macOS (x64, arm64)';
    this.#rejectWaiting(() => true, `they do not start (${platforms}): ${death.reason}`);
  }

  #rejectWaiting(which: (task: Task) => boolean, reason: string): void {
    const rejected = this.#waiting.filter(({ task }) => which(task));
    for (const { timer, reject } of rejected) {
      clearTimeout(timer);
      reject(unavailable(reason));
    }
    const kept = this.#waiting.filter(({ task }) => !which(task));
    this.#waiting.splice(0, this.#waiting.length, ...kept);
  }
}

function unavailable(reason: string): DeskgraphError {
  return new DeskgraphError('PLANNER_UNAVAILABLE', `No planner process: ${reason}.`);
}

function cannotLoad(outcome: PlannerOutcome): DeskgraphError {
  const reason = outcome.kind === 'failed' || outcome.kind === 'died' ? outcome.reason : outcome.kind;
  return new DeskgraphError(
    'SUPERGRAPH_INVALID',
    `The query planner cannot load this supergraph. Compose it again from the subgraphs. It says: ${reason}`,
    { details: { reason } },
  );
}
