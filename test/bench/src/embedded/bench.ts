import { round } from '../gateway/report.js';
import { HttpConnection } from '../load/http-connection.js';
import { startHubProcess } from './hub-process.js';

/** Options of `npm run bench -- embedded`. */
export interface EmbeddedBenchOptions {
  /** Requests that count. */
  readonly requests: number;
  readonly json: boolean;
}

const joined = `query ($id: ID!) {
  conversation(id: $id) { subject status customer { name tags company { name } } lastMessage { text } }
}`;
const warmUpRequests = 300;

/**
 * How long a query takes that joins two embedded plugins, one request after the other, from the client's request to
 * its answer: HTTP to the gateway, no HTTP behind it, the embedded PostgreSQL.
 */
export async function benchEmbedded({ requests, json }: EmbeddedBenchOptions): Promise<void> {
  const hub = await startHubProcess();
  try {
    const { port, token } = hub;
    const latencies = await measure(port, token, requests);
    const p50Ms = round(quantile(latencies, 0.5));
    const p99Ms = round(quantile(latencies, 0.99));
    console.log(
      `joined query over two embedded plugins: p50 ${p50Ms} ms, p99 ${p99Ms} ms (${requests} requests, one at a time)`,
    );
    if (json) console.log(JSON.stringify({ ratios: {}, figures: { joined: { p50Ms, p99Ms, requests } } }));
  } finally {
    await hub[Symbol.asyncDispose]();
  }
}

async function measure(port: number, token: string, requests: number): Promise<number[]> {
  const connection = new HttpConnection(port, '/graphql', { authorization: `Bearer ${token}` });
  const body = JSON.stringify({ query: joined, variables: { id: 'con_wang_fang_samples' } });
  const latencies: number[] = [];
  for (let count = 0; count < warmUpRequests + requests; count++) {
    const begin = performance.now();
    const answer = await connection.post(body);
    if (answer.hasErrors) throw new Error(JSON.stringify(answer.json()));
    if (count >= warmUpRequests) latencies.push(performance.now() - begin);
  }
  connection.close();
  return latencies.sort((a, b) => a - b);
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.floor(q * (sorted.length - 1))] ?? 0;
}
