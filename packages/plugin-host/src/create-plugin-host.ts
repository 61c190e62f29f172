import { type ConsumedEvents, consumedEvents } from './consumed-events.js';
import type { EmbeddedSubgraph } from './embedded-subgraph.js';
import { HostedPlugin } from './hosted-plugin.js';
import type { PluginHost, PluginHostOptions } from './plugin-host.js';
import type { PluginStatus } from './plugin-state.js';
import { EventLoopWatch } from './serve/event-loop-watch.js';
import { StrayRejections } from './serve/stray-rejections.js';
import { validatePlugins } from './validate/validate-plugins.js';

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
  #hosted: readonly HostedPlugin[] = [];
  #subgraphs: readonly EmbeddedSubgraph[] = [];
  #consumedEvents = consumedEvents([]);
  /** Plugins that were found wanting before they could run. */
  readonly #refused: PluginStatus[] = [];
  readonly #listeners = new Set<(status: PluginStatus) => void>();
  readonly #retries = new Map<HostedPlugin, NodeJS.Timeout>();
  readonly #eventLoop: EventLoopWatch;
  readonly #strayRejections: StrayRejections;
  #healthTimer: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | null = null;

  constructor(private readonly options: PluginHostOptions) {
    this.#eventLoop = new EventLoopWatch(options.log, () =>
      this.#hosted.filter(({ subgraph }) => subgraph.takeBusy()).map(({ id }) => id),
    );
    this.#strayRejections = new StrayRejections(options.log, () => this.#hosted);
  }

  get subgraphs(): readonly EmbeddedSubgraph[] {
    return this.#subgraphs;
  }

  get statuses(): readonly PluginStatus[] {
    return [...this.#refused, ...this.#hosted.map(({ status }) => status)];
  }

  get consumedEvents(): ConsumedEvents {
    return this.#consumedEvents;
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
    const onState = (status: PluginStatus) => {
      if (status.state.name === 'failed') this.#refused.push(status);
      this.#announce(status);
    };
    this.#hosted = validatePlugins(this.options, hubVersion, onState).map(
      (plugin) => new HostedPlugin(plugin, this.options, (status) => this.#announce(status)),
    );
    this.#subgraphs = this.#hosted.map(({ subgraph }) => subgraph);
    this.#consumedEvents = consumedEvents(this.#hosted.map(({ events }) => events));
  }

  /** Plugins start side by side, each when what it requires has been tried. */
  async startValidated(): Promise<void> {
    this.#strayRejections.start();
    const tried = new Map<string, Promise<void>>();
    for (const plugin of this.#hosted) {
      const requirements = Promise.all(plugin.requires.map((id) => tried.get(id)));
      tried.set(
        plugin.id,
        requirements.then(() => this.#startOne(plugin, 0)),
      );
    }
    await Promise.all(tried.values());
    if (this.#stopping !== null) return;
    this.#eventLoop.start();
    this.#healthTimer = setInterval(() => {
      for (const plugin of this.#hosted) void plugin.checkHealth();
    }, healthIntervalMs).unref();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #startOne(plugin: HostedPlugin, failures: number): Promise<void> {
    if (this.#stopping !== null) return;
    const delayMs = Math.min(longestRetryMs, firstRetryMs * 2 ** failures);
    const retryAt = () => new Date(Date.now() + delayMs);
    const missing = plugin.requires.filter(
      (id) => !this.#hosted.some((other) => other.id === id && other.serves),
    );
    if (missing.length > 0) {
      plugin.postpone(
        `Plugin ${plugin.id} requires ${missing.join(', ')}, not ready yet; it starts as soon as that is.`,
        retryAt(),
      );
    } else await plugin.start(retryAt);
    if (plugin.serves) this.#startDependents(plugin);
    else if (plugin.state.name === 'failed' && plugin.state.retryAt !== null) {
      const retry = setTimeout(() => this.#retry(plugin, failures + 1), delayMs).unref();
      this.#retries.set(plugin, retry);
    }
  }

  /** Those that failed for want of this one need not wait for their next attempt. */
  #startDependents(plugin: HostedPlugin): void {
    for (const [waiting] of this.#retries) {
      if (waiting.requires.includes(plugin.id)) this.#retry(waiting, 0);
    }
  }

  #retry(plugin: HostedPlugin, failures: number): void {
    clearTimeout(this.#retries.get(plugin));
    this.#retries.delete(plugin);
    void this.#startOne(plugin, failures);
  }

  /** The mirror of starting: side by side, each when what requires it has stopped. */
  async #stop(): Promise<void> {
    this.#eventLoop.stop();
    clearInterval(this.#healthTimer);
    for (const retry of this.#retries.values()) clearTimeout(retry);
    this.#retries.clear();
    const stopped = new Map<string, Promise<void>>();
    for (const plugin of [...this.#hosted].reverse()) {
      const dependents = this.#hosted.filter(({ requires }) => requires.includes(plugin.id));
      stopped.set(
        plugin.id,
        Promise.all(dependents.map(({ id }) => stopped.get(id))).then(() => plugin.stop()),
      );
    }
    await Promise.all(stopped.values());
    this.#strayRejections.stop();
  }

  #announce(status: PluginStatus): void {
    const { id, state } = status;
    const { log } = this.options;
    if (state.name === 'failed') {
      const { phase, error, retryAt } = state;
      log.error(
        { plugin: id, phase, code: error.code, retryAt },
        `plugin ${id} failed to ${phase}: ${error.message}`,
      );
    } else if (state.name === 'degraded') {
      log.warn({ plugin: id, state: state.name }, `plugin ${id} is degraded: ${state.reason}`);
    } else log.debug({ plugin: id, state: state.name }, `plugin ${id} is ${state.name}`);
    for (const listener of this.#listeners) {
      try {
        listener(status);
      } catch (error) {
        log.error({ error, plugin: id }, 'a listener to plugin states threw');
      }
    }
  }
}
