import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { DirectOutbox, MemoryBus } from '@deskgraph/events';
import {
  createPluginHost,
  type PluginHost,
  type PluginHostOptions,
  type PluginStatus,
  type SubgraphCall,
} from '@deskgraph/plugin-host';
import type { Logger } from '@deskgraph/plugin-sdk';
import { type ExecutionResult, parse } from 'graphql';
import { composer } from './composer.js';

/** A line that the host logged. */
export interface LogLine {
  readonly level: keyof Logger;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A started host and what a test asks it. */
export interface Hosting extends AsyncDisposable {
  readonly host: PluginHost;
  readonly bus: MemoryBus;
  readonly log: readonly LogLine[];
  status(id: string): PluginStatus;
  /** The failed state of a plugin, or an assertion error. */
  failure(id: string): { phase: string; code: string; message: string; retries: boolean };
  graph(id: string, query: string, call?: Partial<SubgraphCall>): Promise<ExecutionResult>;
  /** Resolves with the first line, logged already or soon, that fits. */
  logged(fits: (line: LogLine) => boolean): Promise<LogLine>;
  /** Resolves when a plugin enters a state. */
  until(id: string, state: PluginStatus['state']['name']): Promise<PluginStatus>;
}

/** The folder of a hostile fixture. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../test/fixtures/${name}`, import.meta.url));
}

/** Makes a host over plugin folders; without `options.databaseUrl` there is no database. */
export function hosting(directories: readonly string[], options: Partial<PluginHostOptions> = {}): Hosting {
  const log: LogLine[] = [];
  const lines = new EventEmitter();
  const record = (level: keyof Logger) => (fields: object, message: string) => {
    log.push({ level, fields: fields as LogLine['fields'], message });
    lines.emit('line');
  };
  const bus = new MemoryBus();
  const host = createPluginHost({
    directories,
    disabled: [],
    config: { values: {}, source: 'deskgraph.config.yaml' },
    environment: {},
    databaseUrl: 'postgres://127.0.0.1:1/none',
    demo: false,
    bus,
    outbox: new DirectOutbox(bus),
    compose: composer,
    log: { debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') },
    ...options,
  });
  const status = (id: string) => {
    const found = host.statuses.find((candidate) => candidate.id === id);
    if (found === undefined) throw new Error(`no plugin ${id} among ${host.statuses.map((one) => one.id)}`);
    return found;
  };
  return {
    host,
    bus,
    log,
    status,
    failure(id) {
      const { state } = status(id);
      if (state.name !== 'failed') throw new Error(`plugin ${id} is ${state.name}`);
      const { phase, error, retryAt } = state;
      return { phase, code: error.code, message: error.message, retries: retryAt !== null };
    },
    async graph(id, query, call) {
      const subgraph = host.subgraphs.find(({ name }) => name === id);
      if (subgraph === undefined) throw new Error(`no subgraph ${id}`);
      const { signal } = new AbortController();
      return subgraph.execute(parse(query), {}, { principal: null, requestId: 'r-1', signal, ...call });
    },
    async logged(fits) {
      const signal = AbortSignal.timeout(10_000);
      // The host's own timers keep no process alive, so the test must.
      const alive = setInterval(() => {}, 1_000);
      try {
        for (;;) {
          const found = log.find(fits);
          if (found !== undefined) return found;
          await once(lines, 'line', { signal });
        }
      } finally {
        clearInterval(alive);
      }
    },
    until: (id, state) =>
      new Promise((resolve) => {
        const stop = host.onChange((changed) => {
          if (changed.id !== id || changed.state.name !== state) return;
          stop();
          resolve(changed);
        });
      }),
    async [Symbol.asyncDispose]() {
      await host.stop();
      await bus.close();
    },
  };
}

/** Starts hostile fixtures with a healthy plugin beside them. */
export async function startBesideHealthy(
  names: readonly string[],
  options: Partial<PluginHostOptions> = {},
): Promise<Hosting> {
  const started = hosting([...names, 'healthy'].map(fixture), options);
  await started.host.start();
  return started;
}
