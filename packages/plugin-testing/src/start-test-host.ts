import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EventBus, EventEnvelope } from '@deskgraph/events';
import { PostgresBus } from '@deskgraph/events/postgres';
import {
  type AskGraph,
  createPluginHost,
  type EmbeddedSubgraph,
  type PluginHost,
  type SubgraphCall,
} from '@deskgraph/plugin-host';
import { DeskgraphError, type Principal } from '@deskgraph/plugin-sdk';
import { createDatabase } from '@deskgraph/postgres';
import { type TestDatabase, testDatabase } from '@deskgraph/postgres/testing';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { composeAlone } from './compose-alone.js';
import { type LogLine, RecordingLog } from './recording-log.js';
import { TestDocuments } from './test-documents.js';

type Variables = Readonly<Record<string, unknown>>;

/** What to start. */
export interface TestHostOptions {
  /** Plugin folders (each with a `plugin.json`). `graph` asks the first unless told otherwise. */
  readonly plugins: readonly (string | URL)[];
  /** Configuration by plugin id; default: none, so that the plugins' own defaults hold. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Environment variables that may override configuration; default: none. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Load the plugins' demonstration data; default: no. */
  readonly demo?: boolean;
  /** Who asks, unless a call says otherwise; default: an anonymous caller. */
  readonly principal?: Principal | null;
  /** Answers the plugins' own `graph.query`; default: nobody, so that they fail with PLUGIN_UNAVAILABLE. */
  readonly graph?: AskGraph;
}

/** How one call differs from the host's defaults. */
export interface TestCall {
  readonly principal?: Principal | null;
  readonly signal?: AbortSignal;
  /** Id of the plugin to ask; default: the first of `plugins`. */
  readonly plugin?: string;
}

/** Plugins as the hub runs them, on a real and empty database, without the gateway in front. */
export interface TestHost extends AsyncDisposable {
  /**
   * Runs a query or mutation on one plugin's subgraph. Never rejects for what the plugin does; rejects when the
   * document does not fit the plugin's schema, because then it is the test that is wrong.
   */
  graph(query: string, variables?: Variables, call?: TestCall): Promise<ExecutionResult>;
  /** Asks whether a client may subscribe; the refusal's errors, or null. */
  authorizeSubscription(
    query: string,
    variables?: Variables,
    call?: TestCall,
  ): Promise<readonly GraphQLError[] | null>;
  /** Resolves a subscription operation for one event, as the gateway does for each. */
  resolveEvent(
    query: string,
    event: Pick<EventEnvelope, 'data'>,
    variables?: Variables,
    call?: TestCall,
  ): Promise<ExecutionResult>;
  /** Every event that the plugins published, oldest first. */
  published(): Promise<readonly EventEnvelope[]>;
  /** To publish events that the plugins consume, or to wait for theirs with `tail`. */
  readonly bus: EventBus;
  /** What the host and the plugins logged. */
  readonly logged: readonly LogLine[];
  readonly host: PluginHost;
  /** Connection string of the database; a plugin's tables are in the schema `plugin_<id>`. */
  readonly databaseUrl: string;
}

/**
 * Starts plugins for a test.
 * @throws Error with the host's report when one of them does not become ready
 */
export async function startTestHost(options: TestHostOptions): Promise<TestHost> {
  const database = await testDatabase();
  const log = new RecordingLog();
  const bus = await PostgresBus.open({ databaseUrl: database.url, log });
  const host = createPluginHost({
    directories: options.plugins.map(asPath),
    disabled: [],
    config: { values: options.config ?? {}, source: 'the test' },
    environment: options.environment ?? {},
    databaseUrl: database.url,
    demo: options.demo ?? false,
    bus,
    outbox: bus,
    compose: composeAlone,
    graph: options.graph ?? noGraph,
    log,
  });
  const testHost = new RunningTestHost(options, host, bus, log, database);
  try {
    await host.start();
    testHost.assertReady();
    return testHost;
  } catch (error) {
    await testHost[Symbol.asyncDispose]();
    throw error;
  }
}

const noGraph: AskGraph = async ({ principal }) => {
  const message = `${principal.displayName} asked the graph, and nobody is here to answer: give startTestHost a graph.`;
  throw new DeskgraphError('PLUGIN_UNAVAILABLE', message);
};

class RunningTestHost implements TestHost {
  readonly #documents = new TestDocuments();

  constructor(
    private readonly options: TestHostOptions,
    readonly host: PluginHost,
    readonly bus: PostgresBus,
    private readonly log: RecordingLog,
    private readonly database: TestDatabase,
  ) {}

  async published() {
    await using outbox = createDatabase({ url: this.database.url, schema: 'deskgraph_events' });
    const rows = await outbox.query<{ envelope: string }>('select envelope from event order by id');
    return rows.map(({ envelope }) => JSON.parse(envelope) as EventEnvelope);
  }

  get logged() {
    return this.log.lines;
  }

  get databaseUrl() {
    return this.database.url;
  }

  async graph(query: string, variables: Variables = {}, call: TestCall = {}) {
    const subgraph = this.#subgraph(call);
    const document = await this.#documents.prepare(subgraph, query);
    return subgraph.execute(document, variables, this.#context(call));
  }

  async authorizeSubscription(query: string, variables: Variables = {}, call: TestCall = {}) {
    const subgraph = this.#subgraph(call);
    const document = await this.#documents.prepare(subgraph, query);
    return subgraph.authorizeSubscription(document, variables, this.#context(call));
  }

  async resolveEvent(
    query: string,
    { data }: { readonly data: unknown },
    variables: Variables = {},
    call: TestCall = {},
  ) {
    const subgraph = this.#subgraph(call);
    const document = await this.#documents.prepare(subgraph, query);
    const fields = (await this.#documents.schema(subgraph)).getSubscriptionType()?.getFields() ?? {};
    const root = Object.fromEntries(Object.keys(fields).map((name) => [name, data]));
    return subgraph.execute(document, variables, this.#context(call), root);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host.stop();
    await this.bus.close();
    await this.database[Symbol.asyncDispose]();
  }

  assertReady(): void {
    const { statuses } = this.host;
    const report = statuses.flatMap(({ id, state }) =>
      state.name === 'failed'
        ? [`${id} failed to ${state.phase}: ${state.error.code}: ${state.error.message}`]
        : [],
    );
    if (report.length > 0) throw new Error(report.join('\n'));
    if (statuses.length > 0) return;
    throw new Error(`No plugin.json in ${this.options.plugins.map(asPath).join(', ')}.`);
  }

  #subgraph({ plugin }: TestCall): EmbeddedSubgraph {
    const id = plugin ?? this.#firstPlugin();
    const found = this.host.subgraphs.find(({ name }) => name === id);
    if (found !== undefined) return found;
    throw new Error(
      `No plugin "${id}" here; started: ${this.host.subgraphs.map(({ name }) => name).join(', ')}.`,
    );
  }

  #firstPlugin(): string {
    const [first] = this.options.plugins;
    const manifest = readFileSync(join(asPath(first as string | URL), 'plugin.json'), 'utf8');
    return (JSON.parse(manifest) as { id: string }).id;
  }

  #context({ principal = this.options.principal ?? null, signal }: TestCall): SubgraphCall {
    return { principal, requestId: randomUUID(), signal: signal ?? new AbortController().signal };
  }
}

function asPath(plugin: string | URL): string {
  return plugin instanceof URL ? fileURLToPath(plugin) : plugin;
}
