import { deepStrictEqual } from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeSubgraphs } from '@deskgraph/gateway';
import { closedLoop } from '../load/closed-loop.js';
import { HttpConnection } from '../load/http-connection.js';
import { subgraphs } from '../subgraphs/schemas.js';
import { type Peer, peers } from './peers.js';
import { type BenchProcess, canPin, cpuSeconds, pin, residentMiB, startProcess } from './processes.js';
import { type Measurement, ratiosOf, table } from './report.js';
import { sharedWorkloads, type Workload, workloads } from './workloads.js';

/** Options of `npm run bench -- gateway`. */
export interface GatewayBenchOptions {
  /** Length of one measured run. */
  readonly seconds: number;
  /** Runs of each gateway and workload; the median counts. */
  readonly rounds: number;
  readonly connections: number;
  readonly only: readonly string[];
  readonly json: boolean;
}

const gatewayCore = 0;
const loadCore = 1;
const warmUpSeconds = 2;

/** Runs this gateway and its peers on the same subgraphs in one go, in turns, and prints how they compare. */
export async function benchGateways(options: GatewayBenchOptions): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'deskgraph-bench-'));
  pin(process.pid, loadCore);
  const subgraphProcess = await startProcess('../subgraphs/main.js', loadCore);
  const running: Running[] = [];
  try {
    const supergraph = await writeSupergraph(directory, subgraphProcess.port);
    for (const peer of peers.filter(({ name }) => options.only.length === 0 || options.only.includes(name))) {
      progress(`starting ${peer.name}`);
      running.push({
        peer,
        process: await startProcess(peer.script, gatewayCore, [supergraph, ...peer.args]),
      });
    }
    for (const workload of workloads) await compareAnswers(running, workload);
    console.log(canPin ? 'gateways on core 0; subgraphs and load on core 1' : 'processes are not pinned');
    const distinct = await measureAll(running, workloads, options);
    console.log(table('Every request differs (nothing to share):', distinct));
    const shared = await measureAll(running, sharedWorkloads, options);
    console.log(table('\nIdentical requests (a gateway may share those in flight):', shared));
    if (options.json)
      console.log(JSON.stringify({ ratios: ratiosOf(distinct), figures: { distinct, shared } }));
  } finally {
    await Promise.all([subgraphProcess, ...running.map(({ process }) => process)].map((one) => one.stop()));
    await rm(directory, { recursive: true, force: true });
  }
}

interface Running {
  readonly peer: Peer;
  readonly process: BenchProcess;
}

async function writeSupergraph(directory: string, port: number): Promise<string> {
  const sdl = composeSubgraphs(
    Object.entries(subgraphs).map(([name, { sdl }]) => ({
      name,
      sdl,
      url: `http://127.0.0.1:${port}/${name}`,
    })),
  );
  const file = join(directory, 'supergraph.graphql');
  await writeFile(file, sdl);
  return file;
}

/** All must give the same JSON; there is no point in timing a wrong answer. */
async function compareAnswers(running: readonly Running[], workload: Workload): Promise<void> {
  const [reference, ...others] = await Promise.all(
    running.map(async ({ peer, process }) => {
      const connection = new HttpConnection(process.port, peer.path);
      const answer = (await connection.post(workload.body(0))).json() as { data: unknown; errors?: unknown };
      connection.close();
      if (answer.errors !== undefined)
        throw new Error(`${peer.name}: ${JSON.stringify(answer.errors).slice(0, 500)}`);
      return { name: peer.name, data: answer.data };
    }),
  );
  for (const { name, data } of others) {
    deepStrictEqual(
      data,
      reference?.data,
      `${name} and ${reference?.name} answer ${workload.name} differently`,
    );
  }
  const bytes = JSON.stringify(reference?.data).length;
  console.log(`${workload.name}: all ${running.length} gateways answer the same ${bytes} bytes`);
}

async function measureAll(
  running: readonly Running[],
  measured: readonly Workload[],
  options: GatewayBenchOptions,
): Promise<Measurement[]> {
  const runs = new Map<string, Measurement[]>();
  for (const workload of measured) {
    for (const { peer, process } of running) await load(process, peer, workload, options, warmUpSeconds);
    for (let round = 1; round <= options.rounds; round++) {
      for (const { peer, process } of running) {
        progress(`${workload.name}, round ${round} of ${options.rounds}: ${peer.name}`);
        const key = `${workload.name} ${peer.name}`;
        const one = await load(process, peer, workload, options, options.seconds);
        runs.set(key, [...(runs.get(key) ?? []), one]);
      }
    }
  }
  return [...runs.values()].map(median);
}

async function load(
  process: BenchProcess,
  peer: Peer,
  workload: Workload,
  { connections }: GatewayBenchOptions,
  seconds: number,
): Promise<Measurement> {
  const before = cpuSeconds(process.pid);
  const result = await closedLoop({ ...workload, port: process.port, path: peer.path, connections, seconds });
  if (result.failed > 0)
    throw new Error(`${peer.name}: ${result.failed} of ${result.requests} requests failed`);
  return {
    gateway: peer.name,
    workload: workload.name,
    requestsPerSecond: result.requestsPerSecond,
    requestsPerCpuSecond: result.requests / Math.max(cpuSeconds(process.pid) - before, 0.01),
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    residentMiB: residentMiB(process.pid),
  };
}

function median(runs: readonly Measurement[]): Measurement {
  const sorted = [...runs].sort((a, b) => a.requestsPerSecond - b.requestsPerSecond);
  return sorted[Math.floor(sorted.length / 2)] as Measurement;
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else process.stderr.write(`${text}\n`);
}
