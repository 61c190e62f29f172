import { type HubSettings, type RunningHub, readSettings, startHub } from '@deskgraph/gateway';
import { Command } from 'commander';
import { stopOnSignal } from '../stop-on-signal.js';

interface StartOptions {
  readonly config: string;
  readonly port?: string;
  readonly demo: boolean;
}

/** `deskgraph start`: the hub in one process. */
export function startCommand(): Command {
  return new Command('start')
    .description('Run the hub: database, plugins and gateway in one process')
    .option('-c, --config <file>', 'configuration file', 'deskgraph.config.yaml')
    .option('-p, --port <number>', 'port to listen on (PORT)')
    .option('--no-demo', 'leave out the demonstration data and people')
    .action(async (options: StartOptions) => {
      const begin = performance.now();
      const hub = await startHub(settingsOf(options), process.env);
      stopOnSignal(hub);
      await hub.started;
      console.log(report(hub, settingsOf(options), performance.now() - begin));
    });
}

/** Flags go over environment variables, which go over the file. */
function settingsOf({ config, port, demo }: StartOptions): HubSettings {
  return readSettings(config, {
    ...process.env,
    ...(port === undefined ? {} : { PORT: port }),
    ...(demo ? {} : { DESKGRAPH_DEMO: 'false' }),
  });
}

function report({ url, database, plugins }: RunningHub, settings: HubSettings, tookMs: number): string {
  const states = plugins.map(({ id, state }) => (state.name === 'ready' ? id : `${id} (${state.name})`));
  const where = database.kind === 'embedded' ? `embedded, in ${settings.dataDir}` : 'DATABASE_URL';
  return `
Deskgraph is ready after ${(tookMs / 1000).toFixed(1)} s.

  IDE            ${url}/
  GraphQL        ${url}/graphql   (HTTP, WebSocket, SSE)
  Health         ${url}/readyz    ${url}/metrics
  Plugins        ${states.join(', ')}
  PostgreSQL     ${database.version} (${where})${settings.demo ? '\n  Demonstration  the IDE is signed in as the agent Mia Chen; --no-demo leaves it out' : ''}

Ctrl-C stops it.`;
}
