import { readFile } from 'node:fs/promises';
import { MemoryBus } from '@deskgraph/events';
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
import { tokens } from './tokens.js';

/** How a gateway runs alone. */
export interface StandaloneOptions {
  /** A composed supergraph whose `@join__graph` urls say where the subgraphs are. */
  readonly supergraphFile: string;
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
    const sdl = await readFile(options.supergraphFile, 'utf8');
    const connect = (entry: { readonly name: string; readonly url: string }) =>
      new HttpTransport(entry, options.subgraphs, observer);
    const generations = lifecycle.own(
      'generations',
      await GenerationManager.start(sdl, { fleet, connect, log }),
    );
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
    return { url, [Symbol.asyncDispose]: () => lifecycle[Symbol.asyncDispose]() };
  } catch (error) {
    await lifecycle[Symbol.asyncDispose]();
    throw error;
  }
}
