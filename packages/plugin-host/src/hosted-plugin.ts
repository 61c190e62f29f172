import { join } from 'node:path';
import type { Consumer } from '@deskgraph/events';
import { DeskgraphError, isDeskgraphError, type Logger, type PluginManifest } from '@deskgraph/plugin-sdk';
import { migrate } from '@deskgraph/postgres';
import { namedLog } from './named-log.js';
import type { PluginHostOptions } from './plugin-host.js';
import type { FailedState, PluginState, PluginStatus } from './plugin-state.js';
import { askHealth } from './serve/ask-health.js';
import { PluginCalls } from './serve/plugin-calls.js';
import { PluginSchema } from './serve/plugin-schema.js';
import { type Capabilities, createCapabilities, schemaName } from './start/capabilities.js';
import { withDeadline } from './start/deadline.js';
import { type RunningPlugin, startPlugin } from './start/start-plugin.js';
import { subscribe } from './start/subscribe.js';
import type { EventCatalogue } from './validate/event-catalogue.js';
import type { ValidPlugin } from './validate/validate-plugin.js';

/** What a hosted plugin takes from its host. */
export type HostedPluginOptions = Pick<
  PluginHostOptions,
  'databaseUrl' | 'demo' | 'bus' | 'outbox' | 'graph' | 'log'
>;

const drainTimeoutMs = 5_000;
const releaseTimeoutMs = 3_000;

/** A plugin that composed, through its life: migrate, start, serve, drain, stop. */
export class HostedPlugin {
  readonly subgraph: PluginCalls;
  readonly id: string;
  readonly requires: readonly string[];
  schema: PluginSchema | null = null;
  #state: PluginState = { name: 'composed' };
  #starting: Promise<void> = Promise.resolve();
  #running: RunningPlugin | null = null;
  #capabilities: Capabilities | null = null;
  #consumer: Consumer | null = null;
  #askingHealth = false;
  /** Why the plugin is degraded: what its calls show, and what it says itself. */
  readonly #complaints = { calls: null as string | null, health: null as string | null };
  readonly #stopped = new AbortController();
  readonly #log: Logger;

  constructor(
    private readonly plugin: ValidPlugin,
    private readonly options: HostedPluginOptions,
    private readonly onState: (status: PluginStatus) => void,
  ) {
    this.id = plugin.manifest.id;
    this.requires = plugin.manifest.requires ?? [];
    this.#log = namedLog(options.log, this.id);
    this.subgraph = new PluginCalls(plugin, this, this.#log);
  }

  get manifest(): PluginManifest {
    return this.plugin.manifest;
  }

  get events(): EventCatalogue {
    return this.plugin.events;
  }

  get directory(): string {
    return this.plugin.directory;
  }

  get state(): PluginState {
    return this.#state;
  }

  get serves(): boolean {
    return this.#state.name === 'ready' || this.#state.name === 'degraded';
  }

  get status(): PluginStatus {
    const { id, version, failure = 'optional' } = this.plugin.manifest;
    return { id, version, failure, state: this.#state };
  }

  /** Migrates and starts; ends in `ready`, `failed` or `stopped`, never rejects. */
  start(retryAt: () => Date): Promise<void> {
    this.#starting = this.#start(retryAt);
    return this.#starting;
  }

  /** Does not start for now, because of another plugin. */
  postpone(message: string, retryAt: Date): void {
    const error = new DeskgraphError('PLUGIN_UNAVAILABLE', message);
    this.#enter({ name: 'failed', phase: 'start', error, retryAt });
  }

  /** Asks the plugin how it is; moves between ready and degraded. Never rejects. */
  async checkHealth(): Promise<void> {
    const running = this.#running;
    const health = running?.started.health;
    if (health === undefined || this.#askingHealth || !this.serves) return;
    this.#askingHealth = true;
    const found = await askHealth(health);
    this.#askingHealth = false;
    if (running === this.#running) this.#complain('health', found.status === 'healthy' ? null : found.reason);
  }

  onCircuit(open: boolean): void {
    this.#complain('calls', open ? 'most calls time out; they are paused' : null);
  }

  /** Gives a start up, or lets calls in flight finish, then stops. Idempotent, bounded in time, never rejects. */
  async stop(): Promise<void> {
    this.#stopped.abort(
      new DeskgraphError('PLUGIN_START_FAILED', `Plugin ${this.id} was stopped while it started.`),
    );
    await this.#bounded('starting', this.#starting, drainTimeoutMs);
    if (this.#running === null) return;
    this.#enter({ name: 'draining' });
    this.schema = null;
    await this.#bounded('its calls in flight', this.subgraph.idle(), drainTimeoutMs);
    await this.#release();
    this.#enter({ name: 'stopped' });
  }

  async #start(retryAt: () => Date): Promise<void> {
    let phase: FailedState['phase'] = 'migrate';
    this.#enter({ name: 'starting' });
    try {
      await this.#migrate();
      phase = 'start';
      this.#capabilities = createCapabilities(this.plugin, { ...this.options, log: this.#log });
      this.#running = await startPlugin(this.plugin, this.#capabilities, this.#log, this.#stopped.signal);
      this.schema = new PluginSchema(this.plugin.sdl, this.#running.started.resolvers);
      const { subscribers = {} } = this.#running.started;
      const database = this.#capabilities.database;
      this.#consumer = await subscribe(this.plugin, subscribers, { bus: this.options.bus, database });
      this.#complaints.health = null;
      this.#enter({ name: 'ready' });
    } catch (cause) {
      await this.#release();
      const error = asStartError(this.id, cause);
      if (this.#stopped.signal.aborted) this.#enter({ name: 'stopped' });
      else this.#enter({ name: 'failed', phase, error, retryAt: error.retryable ? retryAt() : null });
    }
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

  #complain(about: 'calls' | 'health', reason: string | null): void {
    this.#complaints[about] = reason;
    if (!this.serves) return;
    const complaint = this.#complaints.calls ?? this.#complaints.health;
    const known = this.#state.name === 'degraded' ? this.#state.reason : null;
    if (complaint === known) return;
    this.#enter(complaint === null ? { name: 'ready' } : { name: 'degraded', reason: complaint });
  }

  async #release(): Promise<void> {
    this.schema = null;
    await this.#bounded('its event handlers', Promise.resolve(this.#consumer?.stop()), releaseTimeoutMs);
    this.#consumer = null;
    const failures = (await this.#running?.stop()) ?? [];
    for (const error of failures) this.#log.warn({ error }, `an onStop callback failed: ${error}`);
    const closing = Promise.resolve(this.#capabilities?.[Symbol.asyncDispose]());
    await this.#bounded('its database connections to be given back', closing, releaseTimeoutMs);
    this.#running = null;
    this.#capabilities = null;
  }

  async #bounded(what: string, work: Promise<unknown>, timeoutMs: number): Promise<void> {
    const late = () => new Error(`waited ${timeoutMs} ms for ${what}`);
    await withDeadline(work, timeoutMs, late).catch((error: unknown) =>
      this.#log.warn({ error }, `stopping plugin ${this.id} all the same: ${error}`),
    );
  }

  #enter(state: PluginState): void {
    this.#state = state;
    this.onState(this.status);
  }
}

function asStartError(id: string, cause: unknown): DeskgraphError {
  if (isDeskgraphError(cause)) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DeskgraphError('PLUGIN_START_FAILED', `Plugin ${id} cannot serve: ${reason}`, { cause });
}
