import type { Logger } from '@deskgraph/plugin-sdk';
import { composeSubgraphs } from '../composition/compose-subgraphs.js';
import { FollowingSource } from './following-source.js';
import { SubgraphCollector } from './subgraph-collector.js';
import { readSubgraphsFile, type SubgraphList } from './subgraphs-file.js';
import type { SupergraphSource } from './supergraph-source.js';
import { watchFile } from './watch-file.js';

export interface SubgraphsSourceOptions {
  readonly log: Logger;
  /** Longest wait for a subgraph's SDL. Default 10000. */
  readonly timeoutMs?: number;
  /** How long a subgraph that never answered yet may take to come up. Default 30000. */
  readonly patienceMs?: number;
  /** Overrides the file's `pollSeconds`. */
  readonly pollMs?: number;
  /** Time between looks at files where the file system reports no changes. Default 2000. */
  readonly filePollMs?: number;
}

/**
 * A supergraph composed here from the subgraphs that a YAML file lists (`deskgraph gateway --subgraphs FILE`).
 * Followed as the file, the schema files and the answers of the subgraphs change.
 * @throws DeskgraphError CONFIG_INVALID | COMPOSITION_FAILED | SUBGRAPH_UNREACHABLE | SUBGRAPH_MALFORMED_RESPONSE
 */
export async function openSubgraphsFile(
  file: string,
  { log, timeoutMs = 10_000, patienceMs = 30_000, pollMs, filePollMs }: SubgraphsSourceOptions,
): Promise<SupergraphSource> {
  const stopping = new AbortController();
  const collector = new SubgraphCollector({ log, timeoutMs, patienceMs, signal: stopping.signal });
  const inputs = new WatchedInputs(file, filePollMs, pollMs);
  const compose = async () => {
    const list = await readSubgraphsFile(file);
    inputs.update(list);
    return composeSubgraphs(await collector.collect(list.subgraphs));
  };
  const initialSdl = await compose();
  return new FollowingSource(
    file,
    initialSdl,
    compose,
    (changed) => {
      inputs.start(changed);
      return {
        [Symbol.dispose]() {
          stopping.abort();
          inputs.stop();
        },
      };
    },
    log,
  );
}

/** Everything a composition is made of: the list, the schema files it names, and the subgraphs it asks. */
class WatchedInputs {
  #changed: (() => void) | null = null;
  #list: SubgraphList | null = null;
  #watches: Disposable[] = [];
  #watched = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly file: string,
    private readonly filePollMs: number | undefined,
    private readonly pollMs: number | undefined,
  ) {}

  start(changed: () => void): void {
    this.#changed = changed;
    this.#watch();
  }

  /** The list was read again and may name other files. */
  update(list: SubgraphList): void {
    this.#list = list;
    this.#watch();
  }

  stop(): void {
    this.#changed = null;
    this.#release();
  }

  #watch(): void {
    const changed = this.#changed;
    if (changed === null || this.#list === null) return;
    const { subgraphs } = this.#list;
    const pollMs = this.pollMs ?? this.#list.pollMs;
    const files = [this.file, ...subgraphs.flatMap(({ schemaFile }) => schemaFile ?? [])];
    const watched = JSON.stringify([pollMs, files]);
    if (watched === this.#watched) return;
    this.#release();
    this.#watched = watched;
    this.#watches = files.map((path) => watchFile(path, changed, this.filePollMs));
    const asksAny = subgraphs.some(({ schemaFile }) => schemaFile === undefined);
    if (pollMs > 0 && asksAny) this.#timer = setInterval(changed, pollMs);
  }

  #release(): void {
    clearInterval(this.#timer);
    for (const watch of this.#watches) watch[Symbol.dispose]();
    this.#watches = [];
    this.#watched = '';
  }
}
