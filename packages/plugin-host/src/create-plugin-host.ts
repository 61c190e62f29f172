import { DeskgraphError, isDeskgraphError } from '@deskgraph/plugin-sdk';
import { discoverPlugins } from './discover.js';
import type { EmbeddedSubgraph } from './embedded-subgraph.js';
import { HostedPlugin } from './hosted-plugin.js';
import type { PluginHost, PluginHostOptions } from './plugin-host.js';
import type { PluginState, PluginStatus } from './plugin-state.js';
import { startOrder } from './start/start-order.js';
import { readManifest } from './validate/manifest.js';
import { validatePlugin } from './validate/validate-plugin.js';

/** Version of the hub that plugins' `host` ranges are checked against. */
export const hubVersion = '0.1.0';

const healthIntervalMs = 5_000;
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

/** Makes a host; nothing runs before `start`. */
export function createPluginHost(options: PluginHostOptions): PluginHost {
  return new Host(options);
}

class Host implements PluginHost {
  #hosted: HostedPlugin[] = [];
  readonly #refused = new Map<string, PluginStatus>();
  readonly #listeners = new Set<(status: PluginStatus) => void>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #stopping: Promise<void> | null = null;

  constructor(private readonly options: PluginHostOptions) {}

  get subgraphs(): readonly EmbeddedSubgraph[] {
    return this.#hosted.map(({ subgraph }) => subgraph);
  }

  get statuses(): readonly PluginStatus[] {
    return [...this.#refused.values(), ...this.#hosted.map(({ status }) => status)];
  }

  onChange(listener: (status: PluginStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async start(): Promise<void> {
    this.validate();
    await this.startValidated();
  }

  validate(): void {
    const valid = discoverPlugins(this.options.directories).flatMap((directory) => this.#validate(directory));
    this.#hosted = this.#ordered(this.#composed(valid));
  }

  async startValidated(): Promise<void> {
    await this.#startAll();
    const health = setInterval(() => {
      for (const plugin of this.#hosted) void plugin.checkHealth();
    }, healthIntervalMs);
    this.#timers.add(health.unref());
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #validate(directory: string): HostedPlugin[] {
    const reading = readManifest(directory, hubVersion);
    if ('problems' in reading) {
      const error = new DeskgraphError('MANIFEST_INVALID', reading.problems.join('\n'));
      this.#refuse({ id: reading.id, version: '?', failure: 'optional' }, 'discover', error);
      return [];
    }
    const { manifest } = reading;
    if (this.options.disabled.includes(manifest.id)) return [];
    try {
      const plugin = validatePlugin(manifest, directory, this.options);
      return [new HostedPlugin(plugin, this.options, (status) => this.#announce(status))];
    } catch (error) {
      if (!isDeskgraphError(error)) throw error;
      this.#refuse({ failure: 'optional', ...manifest }, 'validate', error);
      return [];
    }
  }

  #composed(plugins: readonly HostedPlugin[]): HostedPlugin[] {
    const { leftOut } = this.options.compose(plugins.map(({ subgraph }) => subgraph));
    const problems = new Map(leftOut.map((left) => [left.name, left.problems]));
    return plugins.filter((plugin) => {
      const found = problems.get(plugin.id);
      if (found === undefined) {
        plugin.enter({ name: 'composed' });
        return true;
      }
      const message = `Plugin ${plugin.id} does not compose with the others and was left out:\n${found.join('\n')}`;
      this.#refuse(plugin.status, 'compose', new DeskgraphError('COMPOSITION_FAILED', message));
      return false;
    });
  }

  #ordered(plugins: readonly HostedPlugin[]): HostedPlugin[] {
    const { order, refused } = startOrder(plugins);
    for (const { plugin, error } of refused) this.#refuse(plugin.status, 'validate', error);
    return [...order];
  }

  /** Plugins start side by side, each when what it requires is ready. */
  async #startAll(): Promise<void> {
    const started = new Map<string, Promise<void>>();
    for (const plugin of this.#hosted) {
      const requirements = Promise.all(plugin.requires.map((id) => started.get(id)));
      started.set(
        plugin.id,
        requirements.then(() => this.#startOne(plugin, 0)),
      );
    }
    await Promise.all(started.values());
  }

  async #startOne(plugin: HostedPlugin, failures: number): Promise<void> {
    if (this.#stopping !== null) return;
    const delayMs = Math.min(longestRetryMs, firstRetryMs * 2 ** failures);
    await plugin.start(() => new Date(Date.now() + delayMs));
    if (plugin.state.name !== 'failed' || plugin.state.retryAt === null) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#startOne(plugin, failures + 1);
    }, delayMs);
    this.#timers.add(timer.unref());
  }

  async #stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const plugin of [...this.#hosted].reverse()) await plugin.stop();
  }

  #refuse(
    plugin: Pick<PluginStatus, 'id' | 'version' | 'failure'>,
    phase: Extract<PluginState, { name: 'failed' }>['phase'],
    error: DeskgraphError,
  ): void {
    const { id, version, failure } = plugin;
    const status: PluginStatus = {
      id,
      version,
      failure,
      state: { name: 'failed', phase, error, retryAt: null },
    };
    this.#refused.set(id, status);
    this.#announce(status);
  }

  #announce(status: PluginStatus): void {
    const { id, state } = status;
    if (state.name === 'failed') {
      this.options.log.error(
        { plugin: id, phase: state.phase, code: state.error.code, retryAt: state.retryAt },
        `plugin ${id} failed to ${state.phase}: ${state.error.message}`,
      );
    } else this.options.log.debug({ plugin: id, state: state.name }, `plugin ${id} is ${state.name}`);
    for (const listener of this.#listeners) listener(status);
  }
}
