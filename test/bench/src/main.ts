import { parseArgs } from 'node:util';
import { benchEmbedded } from './embedded/bench.js';
import { benchEvents } from './events/bench.js';
import { benchGateways } from './gateway/bench.js';

const usage = `npm run bench -- BENCHMARK [options]

Benchmarks:
  gateway          this gateway, @apollo/gateway and Hive Gateway on the same four subgraphs
  embedded         a query that joins two embedded plugins, one request at a time
  events           the event bus: latency, throughput, many topics, and a message's whole way

Options of gateway:
  --seconds N      length of one measured run (default 5)
  --rounds N       runs of each gateway and workload; the median counts (default 3)
  --connections N  requests in flight (default 50)
  --only A,B       some of deskgraph, apollo-gateway, hive-gateway, hive-gateway-rust-planner

Options of embedded:
  --requests N     requests that count (default 2000)

Options of events:
  --seconds N      length of each run at a steady rate (default 5)

Options of all:
  --json           the last line is one JSON object: { ratios, figures }`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '50' },
    only: { type: 'string', default: '' },
    requests: { type: 'string', default: '2000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (positionals[0] === 'gateway' && !values.help) {
  await benchGateways({
    seconds: Number(values.seconds),
    rounds: Number(values.rounds),
    connections: Number(values.connections),
    only: values.only === '' ? [] : values.only.split(','),
    json: values.json,
  });
} else if (positionals[0] === 'embedded' && !values.help) {
  await benchEmbedded({ requests: Number(values.requests), json: values.json });
} else if (positionals[0] === 'events' && !values.help) {
  await benchEvents({ seconds: Number(values.seconds), json: values.json });
} else {
  console.log(usage);
  process.exitCode = values.help ? 0 : 1;
}
