import { parseArgs } from 'node:util';
import { startTestServer } from '@deskgraph/postgres/testing';
import { hubsKilled } from './hubs-killed.js';
import { Random } from './random.js';
import { socketsCut } from './sockets-cut.js';
import { isClean, type Tally } from './tally.js';
import { workersKilled } from './workers-killed.js';

const usage = `npm run test:chaos [-- options]
Kills hubs, relays, consumers and Redis with SIGKILL while events flow, and counts what was lost, came twice or came
out of order. Needs redis-server. Ends with 1 when anything did.

  --kills N        of each kind (default 20)
  --reconnects N   connections cut (default 500)
  --only NAME      workers, hubs or sockets
  --seed N         the same order of kills again`;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    reconnects: { type: 'string', default: '500' },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}

const random = new Random(Number(values.seed));
const kills = Number(values.kills);
const common = { random, kills };
const scenarios: readonly (readonly [name: string, run: () => Promise<Tally>])[] = [
  ['workers', () => workersKilled({ ...common, bus: 'redis', eventsPerSecond: 200 })],
  ['workers', () => workersKilled({ ...common, bus: 'postgres', eventsPerSecond: 200 })],
  ['hubs', () => hubsKilled({ ...common, bus: 'redis', messagesPerSecond: 67, subscribers: 50 })],
  ['hubs', () => hubsKilled({ ...common, bus: 'postgres', messagesPerSecond: 67, subscribers: 50 })],
  [
    'sockets',
    () =>
      socketsCut({ random, reconnects: Number(values.reconnects), messagesPerSecond: 67, subscribers: 40 }),
  ],
];

console.log(`seed ${random.seed}`);
const postgres = await startTestServer();
process.env.DESKGRAPH_TEST_POSTGRES_URL = postgres.url;
try {
  for (const [name, run] of scenarios) {
    if (values.only !== '' && values.only !== name) continue;
    const tally = await run();
    const { scenario, kills, sent, seconds, receivers, lost, duplicated, outOfOrder } = tally;
    console.log(
      `${scenario}: killed ${kills}; ${sent} sent, ${Math.round(sent / seconds)}/s, to ${receivers} receiver(s): ${lost} lost, ${duplicated} duplicated, ${outOfOrder} out of order`,
    );
    if (!isClean(tally)) process.exitCode = 1;
  }
} finally {
  await postgres[Symbol.asyncDispose]();
}
