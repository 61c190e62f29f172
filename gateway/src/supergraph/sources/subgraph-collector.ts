import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { DeskgraphError, isDeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import type { SubgraphDefinition } from '../composition/subgraph-definition.js';
import { introspectSubgraph } from './introspect-subgraph.js';
import type { ListedSubgraph } from './subgraphs-file.js';

export interface SubgraphCollectorOptions {
  readonly log: Logger;
  /** Longest wait for one answer. */
  readonly timeoutMs: number;
  /** How long a subgraph that never answered yet may take to come up. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

const firstPauseMs = 200;
const longestPauseMs = 3000;

/** Collects the SDL of listed subgraphs from files and from the subgraphs themselves; remembers the last of each. */
export class SubgraphCollector {
  /** SDL by name and URL, as subgraphs answered it last. */
  readonly #answered = new Map<string, string>();
  readonly #silent = new Set<string>();

  constructor(private readonly options: SubgraphCollectorOptions) {}

  /**
   * Subgraphs that do not answer count with what they answered last. One that never did is asked again, until
   * `patienceMs` have passed.
   * @throws DeskgraphError SUBGRAPH_UNREACHABLE or the subgraph's own error, naming all that are missing
   */
  async collect(subgraphs: readonly ListedSubgraph[]): Promise<SubgraphDefinition[]> {
    const patientUntil = performance.now() + this.options.patienceMs;
    const sdls = await Promise.allSettled(subgraphs.map((subgraph) => this.#sdlOf(subgraph, patientUntil)));
    const failures = sdls.flatMap((sdl) => (sdl.status === 'rejected' ? [sdl.reason] : []));
    if (failures.length > 0) throw allOf(failures);
    return subgraphs.map(({ name, url }, index) => {
      const sdl = sdls[index] as PromiseFulfilledResult<string>;
      return { name, url, sdl: sdl.value };
    });
  }

  async #sdlOf(subgraph: ListedSubgraph, patientUntil: number): Promise<string> {
    if (subgraph.schemaFile !== undefined) return readSchemaFile(subgraph, subgraph.schemaFile);
    const key = `${subgraph.name} ${subgraph.url}`;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        return this.#remember(key, await this.#ask(subgraph));
      } catch (error) {
        const last = this.#answered.get(key);
        if (last !== undefined) return this.#fallBack(key, last, error);
        const inTime = performance.now() + pauseMs < patientUntil;
        if (!inTime || !isDeskgraphError(error, 'SUBGRAPH_UNREACHABLE')) throw error;
        if (pauseMs === firstPauseMs) this.#sayWaiting(error);
        await pause(pauseMs, undefined, { signal: this.options.signal }).catch(() => {
          throw error;
        });
      }
    }
  }

  async #ask(subgraph: ListedSubgraph): Promise<string> {
    const { signal, timeoutMs } = this.options;
    const call = new AbortController();
    const abort = () => call.abort();
    const timer = setTimeout(abort, timeoutMs);
    signal.addEventListener('abort', abort);
    try {
      return await introspectSubgraph(subgraph, call.signal);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }

  #remember(key: string, sdl: string): string {
    this.#answered.set(key, sdl);
    this.#silent.delete(key);
    return sdl;
  }

  #sayWaiting({ message }: Error): void {
    const { log, patienceMs } = this.options;
    log.warn({ patienceMs }, `${message} Waiting for it for up to ${Math.round(patienceMs / 1000)} s...`);
  }

  /** Said once, until it answers again. */
  #fallBack(key: string, last: string, error: unknown): string {
    if (!this.#silent.has(key) && !this.options.signal.aborted) {
      const problem = error instanceof Error ? error.message : String(error);
      this.options.log.warn(
        { problem },
        'A subgraph did not give its SDL; the one it gave last stays in use',
      );
    }
    this.#silent.add(key);
    return last;
  }
}

async function readSchemaFile(subgraph: ListedSubgraph, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The schema file of subgraph "${subgraph.name}" cannot be read: ${reason}. Correct "schema", or leave it out to ask the subgraph itself.`;
    throw new DeskgraphError('CONFIG_INVALID', message, { cause: error });
  }
}

function allOf(failures: readonly unknown[]): unknown {
  const [first] = failures;
  if (failures.length === 1 || !isDeskgraphError(first)) return first;
  const messages = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
  return new DeskgraphError(
    first.code,
    `${failures.length} subgraphs gave no SDL:\n  ${messages.join('\n  ')}`,
  );
}
