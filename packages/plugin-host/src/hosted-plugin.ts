import { join } from 'node:path';
import type { Consumer } from '@deskgraph/events';
import { DeskgraphError, isDeskgraphError, type Logger, type PluginManifest } from '@deskgraph/plugin-sdk';
import { migrate } from '@deskgraph/postgres';
import type { PluginHostOptions } from './plugin-host.js';
import type { PluginState, PluginStatus } from './plugin-state.js';
import { PluginCalls } from './serve/plugin-calls.js';
import { PluginSchema } from './serve/plugin-schema.js';
import { type Capabilities, createCapabilities, schemaName } from './start/capabilities.js';
import { withDeadline } from './start/deadline.js';
import { type RunningPlugin, startPlugin } from './start/start-plugin.js';
import type { ValidPlugin } from './validate/validate-plugin.js';

/** What a hosted plugin takes from its host. */
export type HostedPluginOptions = Pick<PluginHostOptions, 'databaseUrl' | 'demo' | 'bus' | 'log'>;

const drainTimeoutMs = 5_000;

/** A valid plugin through its life: migrate, start, serve, drain, stop. */
export class HostedPlugin {
  readonly subgraph: PluginCalls;
  readonly id: string;
  readonly requires: readonly string[];
  schema: PluginSchema | null = null;
  #state: PluginState = { name: 'validated' };
  #running: RunningPlugin | null = null;
  #capabilities: Capabilities | null = null;
  #consumers: Consumer[] = [];
  readonly #log: Logger;

  constructor(
    private readonly plugin: ValidPlugin,
    private readonly options: HostedPluginOptions,
    private readonly onState: (status: PluginStatus) => void,
  ) {
    this.id = plugin.manifest.id;
    this.requires = plugin.manifest.requires ?? [];
    this.#log = named(options.log, this.id);
    this.subgraph = new PluginCalls(plugin, this, this.#log);
  }

  get manifest(): PluginManifest {
    return this.plugin.manifest;
  }

  get state(): PluginState {
    return this.#state;
  }

  get status(): PluginStatus {
    const { id, version, failure = 'optional' } = this.plugin.manifest;
    return { id, version, failure, state: this.#state };
  }

  /** Moves to a state and tells the host. */
  enter(state: PluginState): void {
    this.#state = state;
    this.onState(this.status);
  }

  /** Migrates and starts; ends in `ready` or `failed`, never rejects. `retryAt` says when to try again. */
  async start(retryAt: () => Date | null): Promise<void> {
    let phase: 'migrate' | 'start' = 'migrate';
    this.enter({ name: 'starting' });
    try {
      await this.#migrate();
      phase = 'start';
      this.#capabilities = createCapabilities(this.plugin, { ...this.options, log: this.#log });
      this.#running = await startPlugin(this.plugin, this.#capabilities);
      this.schema = new PluginSchema(this.plugin.sdl, this.#running.started.resolvers);
      await this.#subscribe(this.#running);
      this.enter({ name: 'ready' });
    } catch (cause) {
      await this.#release();
      const error = asStartError(this.id, cause);
      this.enter({ name: 'failed', phase, error, retryAt: error.retryable ? retryAt() : null });
    }
  }

  /** Asks the plugin how it is; moves between ready and degraded. */
  async checkHealth(): Promise<void> {
    const health = this.#running?.started.health;
    if (health === undefined || (this.#state.name !== 'ready' && this.#state.name !== 'degraded')) return;
    const found = await Promise.resolve()
      .then(health)
      .catch((error: unknown) => ({ status: 'degraded' as const, reason: String(error) }));
    const now = this.#state as PluginState;
    if (found.status === 'degraded' && (now.name !== 'degraded' || now.reason !== found.reason)) {
      this.enter({ name: 'degraded', reason: found.reason });
    } else if (found.status === 'healthy' && now.name === 'degraded') this.enter({ name: 'ready' });
  }

  /** Lets calls in flight finish, then stops. Idempotent. */
  async stop(): Promise<void> {
    if (this.#running === null) return;
    this.enter({ name: 'draining' });
    this.schema = null;
    await withDeadline(this.subgraph.idle(), drainTimeoutMs, () => new Error('calls did not finish')).catch(
      (error: Error) => this.#log.warn({ error }, 'stopping with calls in flight'),
    );
    await this.#release();
    this.enter({ name: 'stopped' });
  }

  async #migrate(): Promise<void> {
    const { manifest, directory } = this.plugin;
    if (manifest.migrations === undefined) return;
    const applied = await migrate({
      url: this.options.databaseUrl,
      schema: schemaName(manifest.id),
      directory: join(directory, manifest.migrations),
      ...(this.options.demo && manifest.demo ? { demo: join(directory, manifest.demo) } : {}),
    });
    if (applied.length > 0) this.#log.info({ applied }, `migrated ${applied.length} step(s)`);
  }

  async #subscribe(running: RunningPlugin): Promise<void> {
    const consumed = new Set(this.manifest.events?.consumes?.map(({ type }) => type));
    for (const [type, handler] of Object.entries(running.started.subscribers ?? {})) {
      if (!consumed.has(type)) {
        throw new DeskgraphError(
          'EVENT_UNDECLARED',
          `Plugin ${this.id} handles ${type}, which its plugin.json does not declare under events.consumes.`,
        );
      }
      this.#consumers.push(await this.options.bus.consume(this.id, [type], handler));
    }
  }

  async #release(): Promise<void> {
    this.schema = null;
    await Promise.all(this.#consumers.splice(0).map((consumer) => consumer.stop()));
    const failures = (await this.#running?.stop()) ?? [];
    for (const error of failures) this.#log.warn({ error }, 'an onStop callback failed');
    await this.#capabilities?.[Symbol.asyncDispose]();
    this.#running = null;
    this.#capabilities = null;
  }
}

function asStartError(id: string, cause: unknown): DeskgraphError {
  if (isDeskgraphError(cause)) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DeskgraphError('PLUGIN_START_FAILED', `Plugin ${id} cannot serve: ${reason}`, { cause });
}

/** A logger whose lines carry the plugin's id. */
function named(log: Logger, plugin: string): Logger {
  const add = (level: keyof Logger) => (fields: object, message: string) =>
    log[level]({ plugin, ...fields }, message);
  return { debug: add('debug'), info: add('info'), warn: add('warn'), error: add('error') };
}
