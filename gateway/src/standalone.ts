import { MemoryBus } from '@deskgraph/events';
import type { Logger } from '@deskgraph/plugin-sdk';
import { wireGateway } from './composition-root.js';
import { anonymousOnly } from './identity/anonymous-only.js';
import { Lifecycle } from './lifecycle.js';
import { createLogger, type LoggingOptions } from './logging.js';
import { Metrics } from './metrics/metrics.js';
import { SubgraphMetrics } from './metrics/subgraph-metrics.js';
import { PlannerFleet } from './operations/planner-fleet.js';
import type { HttpTransportOptions } from './subgraphs/http-options.js';
import { HttpTransport } from './subgraphs/http-transport.js';
import { GenerationManager } from './supergraph/generation-manager.js';
import { openSubgraphsFile } from './supergraph/sources/subgraphs-source.js';
import { openSupergraphFile } from './supergraph/sources/supergraph-file.js';
import type { SupergraphSource } from './supergraph/sources/supergraph-source.js';
import { tokens } from './tokens.js';

/** Where the supergraph comes from; followed as it changes. */
export type SupergraphOrigin =
  /** A composed supergraph whose `@join__graph` urls say where the subgraphs are. */
  | { readonly supergraphFile: string }
  /** A list of subgraphs to compose (`schema/subgraphs.schema.json`). */
  | { readonly subgraphsFile: string };

/** How a gateway runs alone. */
export type StandaloneOptions = SupergraphOrigin & StandaloneSettings;

export interface StandaloneSettings {
  /** 0 takes any free one; default 4000. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly logLevel?: LoggingOptions['level'];
  readonly subgraphs?: Partial<HttpTransportOptions>;
}

/** A running server. */
export interface RunningServer extends AsyncDisposable {
  /** Without a path: `http://127.0.0.1:4000`. */
  readonly url: string;
}

/** Runs the gateway over subgraphs that listen elsewhere: no plugins, no database. */
export async function startStandaloneGateway(options: StandaloneOptions): Promise<RunningServer> {
  const log = createLogger({ level: options.logLevel ?? 'info' });
  const lifecycle = new Lifecycle(log);
  try {
    const metrics = new Metrics();
    const observer = new SubgraphMetrics(metrics.registry);
    const bus = new MemoryBus(log);
    const fleet = lifecycle.own('planner processes', new PlannerFleet({ log }));
    const source = await openSource(options, log);
    const connect = (entry: { readonly name: string; readonly url: string }) =>
      new HttpTransport(entry, options.subgraphs, observer);
    const generations = lifecycle.own(
      'generations',
      await GenerationManager.start(source.initialSdl, { fleet, connect, log }),
    );
    lifecycle.own('supergraph source', source);
    const root = wireGateway({
      log,
      metrics,
      bus,
      generations,
      authenticator: anonymousOnly,
      readiness: () => ({ ready: true, reasons: [] }),
      ide: {},
      limits: {},
    });
    lifecycle.onEnd('subscriptions', () => root.resolve(tokens.subscriptions).close());
    const http = lifecycle.own('HTTP server', root.resolve(tokens.http));
    const url = await http.listen(options.port ?? 4000, options.host ?? '127.0.0.1');
    source.follow((sdl) => generations.load(sdl));
    return { url, [Symbol.asyncDispose]: () => lifecycle[Symbol.asyncDispose]() };
  } catch (error) {
    await lifecycle[Symbol.asyncDispose]();
    throw error;
  }
}

function openSource(origin: SupergraphOrigin, log: Logger): Promise<SupergraphSource> {
  return 'supergraphFile' in origin
    ? openSupergraphFile(origin.supergraphFile, { log })
    : openSubgraphsFile(origin.subgraphsFile, { log });
}
