import { HttpConnection } from './http-connection.js';

/** One measured run. */
export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requests: number;
  readonly failed: number;
}

/** What to send and how. */
export interface Load {
  readonly port: number;
  readonly path: string;
  /** The body of the n-th request. */
  readonly body: (n: number) => string;
  readonly connections: number;
  readonly seconds: number;
}

/** Sends requests as fast as they are answered, one at a time on each connection. */
export async function closedLoop(load: Load): Promise<LoadResult> {
  const latencies: number[] = [];
  let failed = 0;
  let sent = 0;
  const begin = performance.now();
  const end = begin + load.seconds * 1000;
  const connections = Array.from(
    { length: load.connections },
    () => new HttpConnection(load.port, load.path),
  );
  const drive = async (connection: HttpConnection) => {
    while (performance.now() < end) {
      const start = performance.now();
      const answer = await connection.post(load.body(sent++)).catch(() => null);
      if (answer === null || answer.status !== 200 || answer.hasErrors) failed++;
      latencies.push(performance.now() - start);
      if (answer === null) return;
    }
  };
  await Promise.all(connections.map(drive));
  const seconds = (performance.now() - begin) / 1000;
  for (const connection of connections) connection.close();
  latencies.sort((a, b) => a - b);
  const quantile = (q: number) => latencies[Math.floor(q * (latencies.length - 1))] ?? 0;
  return {
    requestsPerSecond: latencies.length / seconds,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    requests: latencies.length,
    failed,
  };
}
