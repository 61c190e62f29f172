import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@deskgraph/plugin-sdk';
import type { GatewayCore } from '../../../src/gateway-core.js';
import { createHttpServer } from '../../../src/http/create-http-server.js';
import type { HttpFrontend, HttpServerOptions } from '../../../src/http/http-frontend.js';
import { DemoAuthenticator } from '../../../src/identity/demo-authenticator.js';
import { Metrics } from '../../../src/metrics/metrics.js';
import { graphqlJsCore } from './graphql-js-core.js';
import { rigSchema } from './rig-schema.js';

/** A line that was logged. */
export interface LogLine {
  readonly level: keyof Logger;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** The real server over the rig's gateway. */
export interface Rig extends AsyncDisposable {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  readonly port: number;
  readonly server: HttpFrontend;
  /** Steers the schema, and tells what the gateway does (`graphqlJsCore`). */
  readonly events: EventEmitter;
  readonly metrics: Metrics;
  readonly logged: readonly LogLine[];
  readonly authenticator: DemoAuthenticator;
  /** The value of a metric, labels included: `deskgraph_subscriptions_open{transport="sse"}`. 0 when absent. */
  metric(line: string): Promise<number>;
}

export interface RigOptions extends Partial<Omit<HttpServerOptions, 'core' | 'metrics' | 'log'>> {
  /** Wraps the gateway. */
  readonly core?: (core: GatewayCore) => GatewayCore;
}

/** Starts it on a free port. */
export async function startRig({ core: wrap = (core) => core, ...options }: RigOptions = {}): Promise<Rig> {
  const events = new EventEmitter().setMaxListeners(0);
  const metrics = new Metrics();
  const logged: LogLine[] = [];
  const dataDir = await mkdtemp(join(tmpdir(), 'deskgraph-rig-'));
  const authenticator = await DemoAuthenticator.open({ dataDir });
  const server = createHttpServer({
    core: wrap(graphqlJsCore(rigSchema(events), events)),
    authenticator,
    metrics,
    readiness: () => ({ ready: true, reasons: [] }),
    log: memoryLog(logged),
    ...options,
  });
  const url = await server.listen(0, '127.0.0.1');
  return {
    url,
    port: Number(new URL(url).port),
    server,
    events,
    metrics,
    logged,
    authenticator,
    metric: async (line) => {
      const lines = (await metrics.registry.metrics()).split('\n');
      return Number(lines.find((text) => text.startsWith(`${line} `))?.split(' ')[1] ?? 0);
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}

function memoryLog(logged: LogLine[]): Logger {
  const at = (level: keyof Logger) => (fields: object, message: string) => {
    logged.push({ level, fields: fields as Readonly<Record<string, unknown>>, message });
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
