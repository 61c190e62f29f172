import { resolve } from 'node:path';
import {
  createPluginHost,
  type EmbeddedSubgraph,
  type PluginHost,
  type PluginStatus,
} from '@deskgraph/plugin-host';
import { DeskgraphError, type Logger } from '@deskgraph/plugin-sdk';
import { type PostgresServer, startEmbeddedPostgres, useExternalPostgres } from '@deskgraph/postgres';
import { type GatewayParts, wireGateway } from '../composition-root.js';
import type { IdeOptions } from '../http/ide/ide-options.js';
import { DemoAuthenticator } from '../identity/demo-authenticator.js';
import { Lifecycle } from '../lifecycle.js';
import { createLogger } from '../logging.js';
import { Metrics } from '../metrics/metrics.js';
import { registerPluginMetrics } from '../metrics/plugin-metrics.js';
import { PlannerFleet } from '../operations/planner-fleet.js';
import type { RunningServer } from '../standalone.js';
import { InProcessTransport } from '../subgraphs/in-process-transport.js';
import { composeTolerant } from '../supergraph/composition/compose-tolerant.js';
import { GenerationManager } from '../supergraph/generation-manager.js';
import { tokens } from '../tokens.js';
import { HubGraph } from './hub-graph.js';
import { meterEvents } from './meter-events.js';
import { type HubEvents, openEvents } from './open-events.js';
import { openWebhook } from './open-webhook.js';
import { hubReadiness } from './readiness.js';
import type { HubSettings } from './settings.js';
import { welcomeQuery } from './welcome-query.js';

/** In-flight requests get this long at shutdown; with the database's end it stays under ten seconds. */
const drainMs = 4_000;

/** A running hub. */
export interface RunningHub extends RunningServer {
  readonly database: PostgresServer;
  readonly plugins: readonly PluginStatus[];
  /** Resolves when every plugin is ready or has failed. */
  readonly started: Promise<void>;
}

/** Runs the hub in this process: database, plugins as embedded subgraphs, and the gateway before them. */
export async function startHub(
  settings: HubSettings,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<RunningHub> {
  const log = createLogger({ level: settings.logLevel });
  const lifecycle = new Lifecycle(log);
  try {
    return await open(settings, environment, log, lifecycle);
  } catch (error) {
    await lifecycle[Symbol.asyncDispose]();
    throw error;
  }
}

async function open(
  settings: HubSettings,
  environment: Readonly<Record<string, string | undefined>>,
  log: Logger,
  lifecycle: Lifecycle,
): Promise<RunningHub> {
  const fleet = lifecycle.own('planner processes', new PlannerFleet({ log }));
  const database = lifecycle.own('database', await openDatabase(settings, log));
  const metrics = new Metrics();
  const events = lifecycle.own('event bus', await openMetered(settings, database.url, metrics, log));
  const graph = new HubGraph();
  const host = createHost(settings, environment, database, { events, graph }, log);
  host.validate();
  registerPluginMetrics(metrics.registry, host);
  const generations = lifecycle.own('generations', await startGenerations(host, fleet, log));
  lifecycle.own('plugins', host);
  const authenticator = await DemoAuthenticator.open({ dataDir: resolve(settings.dataDir) });
  const webhook = await openWebhook(settings, { host, events, metrics, log });
  const parts = { log, metrics, bus: events.bus, generations, authenticator, webhook };
  const readiness = hubReadiness(host);
  const url = await serve({ ...parts, readiness }, settings, graph, lifecycle);
  return {
    url,
    database,
    started: host.startValidated(),
    get plugins() {
      return host.statuses;
    },
    [Symbol.asyncDispose]: () => lifecycle[Symbol.asyncDispose](),
  };
}

/** Puts the gateway before everything, and listens. @returns where */
async function serve(
  parts: Omit<GatewayParts, 'ide' | 'limits' | 'authenticator'> & {
    readonly authenticator: DemoAuthenticator;
  },
  { demo, server }: HubSettings,
  graph: HubGraph,
  lifecycle: Lifecycle,
): Promise<string> {
  const root = wireGateway({
    ...parts,
    ide: demo ? demoIde(parts.authenticator) : {},
    limits: { drainMs, maxBodyBytes: server.maxBodyBytes },
  });
  graph.open(root.resolve(tokens.core));
  lifecycle.onEnd('subscriptions', () => root.resolve(tokens.subscriptions).close());
  return lifecycle.own('HTTP server', root.resolve(tokens.http)).listen(server.port, server.host);
}

async function openMetered(
  settings: HubSettings,
  databaseUrl: string,
  { registry }: Metrics,
  log: Logger,
): Promise<HubEvents> {
  const events = await openEvents(settings.events, databaseUrl, log);
  return meterEvents(events, { registry, databaseUrl, log });
}

function openDatabase({ databaseUrl, dataDir }: HubSettings, log: Logger): Promise<PostgresServer> {
  return databaseUrl === undefined
    ? startEmbeddedPostgres({ dataDir, log })
    : useExternalPostgres(databaseUrl.reveal());
}

function createHost(
  settings: HubSettings,
  environment: Readonly<Record<string, string | undefined>>,
  database: PostgresServer,
  { events, graph }: { readonly events: HubEvents; readonly graph: HubGraph },
  log: Logger,
): PluginHost {
  return createPluginHost({
    directories: settings.pluginDirectories,
    disabled: settings.disabledPlugins,
    config: { values: settings.plugins, source: settings.file, locate: settings.locate },
    environment,
    databaseUrl: database.url,
    demo: settings.demo,
    bus: events.bus,
    outbox: events.outbox,
    graph: (request) => graph.ask(request),
    compose: composeTolerant,
    log,
  });
}

async function startGenerations(
  host: PluginHost,
  fleet: PlannerFleet,
  log: Logger,
): Promise<GenerationManager> {
  const subgraphs = new Map(host.subgraphs.map((subgraph) => [subgraph.name, subgraph]));
  if (subgraphs.size === 0) {
    throw new DeskgraphError(
      'COMPOSITION_FAILED',
      'No plugin can be served, so there is no graph. The lines above say what is wrong with each.',
    );
  }
  const { supergraphSdl } = composeTolerant(host.subgraphs);
  return GenerationManager.start(supergraphSdl, {
    fleet,
    log,
    connect: ({ name }) => new InProcessTransport(subgraphs.get(name) as EmbeddedSubgraph),
  });
}

/** The IDE of the demonstration signs its user in as the agent Mia. */
function demoIde(authenticator: DemoAuthenticator): IdeOptions {
  return {
    defaultQuery: welcomeQuery,
    defaultHeaders: async () => ({
      Authorization: `Bearer ${await authenticator.issueDemoToken('agent-mia')}`,
    }),
  };
}
