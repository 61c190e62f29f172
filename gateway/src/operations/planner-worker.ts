import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PlannerReply, PlannerRequest } from './planner-process/messages.js';

/** How a request to a planner process ended. */
export type PlannerOutcome = Exclude<PlannerReply, { kind: 'ready' | 'started' }> | PlannerDeath;

/** Why a planner process is gone. */
export interface PlannerDeath {
  readonly kind: 'died';
  readonly cause: 'crash' | 'deadline';
  /** Whether it was at work on a plan: then that operation is why. */
  readonly planning: boolean;
  /** Signal or exit code, and what the process wrote last. */
  readonly reason: string;
}

const entry = fileURLToPath(new URL('./planner-process/entry.js', import.meta.url));
const nodeOptions = ['--max-old-space-size=256', '--max-semi-space-size=2', '--expose-gc'];
/** Enough for a panic message with its place. */
const keptErrorOutput = 2000;

/** The gateway's side of one planner process, from its start to its end. Serves one request at a time. */
export class PlannerWorker {
  /** Supergraphs the process holds. */
  readonly loaded = new Set<number>();
  /** Resolves true when the process is up, false when it ended before. */
  readonly ready: Promise<boolean>;
  /** Resolves with the reason when the process is gone. Never rejects. */
  readonly gone: Promise<PlannerDeath>;
  readonly #child: ChildProcess;
  #errorOutput = '';
  #overran = false;
  #planning = false;
  #answer: ((reply: PlannerReply) => void) | null = null;

  constructor() {
    this.#child = startProcess();
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errorOutput = (this.#errorOutput + text).slice(-keptErrorOutput);
    });
    this.gone = new Promise((resolve) => {
      this.#child.on('error', (error) => resolve(this.#death(error.message)));
      this.#child.once('close', (code, signal) => resolve(this.#death(signal ?? `exit code ${code}`)));
    });
    const up = new Promise<boolean>((resolve) => {
      this.#answer = () => resolve(true);
    });
    this.ready = Promise.race([up, this.gone.then(() => false)]);
    this.#child.on('message', (reply: PlannerReply) => this.#answer?.(reply));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Sends one request. At the deadline the process is killed: a plan cannot be interrupted otherwise. */
  async request(request: PlannerRequest, deadlineMs: number): Promise<PlannerOutcome> {
    const answered = new Promise<PlannerOutcome>((resolve) => {
      this.#answer = (reply) => {
        this.#planning = reply.kind === 'started';
        if (reply.kind !== 'started' && reply.kind !== 'ready') resolve(reply);
      };
    });
    const timer = setTimeout(() => {
      this.#overran = true;
      this.kill();
    }, deadlineMs);
    this.#send(request);
    const outcome = await Promise.race([answered, this.gone]);
    clearTimeout(timer);
    if (outcome.kind === 'loaded') this.loaded.add(request.supergraph);
    return outcome;
  }

  unload(supergraph: number): void {
    this.loaded.delete(supergraph);
    this.#send({ kind: 'unload', supergraph });
  }

  /** Ends the process now. It keeps nothing that is worth saving. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** A process that died a moment ago cannot be written to; `gone` is what tells. */
  #send(request: PlannerRequest): void {
    this.#child.send(request, () => {});
  }

  #death(how: string): PlannerDeath {
    const output = this.#errorOutput.trim();
    return {
      kind: 'died',
      cause: this.#overran ? 'deadline' : 'crash',
      planning: this.#planning,
      reason: output === '' ? how : `${how}: ${output}`,
    };
  }
}

/**
 * The shell sets the core file limit to zero first: a panic aborts the process, and clients can cause one.
 * The empty environment keeps the gateway's secrets out of a process that reads what clients send.
 */
function startProcess(): ChildProcess {
  const script = 'ulimit -c 0; exec "$0" "$@"';
  return spawn('/bin/sh', ['-c', script, process.execPath, ...nodeOptions, entry], {
    env: { RUST_BACKTRACE: '0' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}
