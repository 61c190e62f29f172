import { noRedis, startRedisServer } from '@deskgraph/events/testing';
import { startTestServer } from '@deskgraph/postgres/testing';
import { startHubProcess } from '../embedded/hub-process.js';
import { round } from '../gateway/report.js';
import type { BusAddress } from './bus-of.js';
import { type Run, run } from './run.js';
import { timeSends } from './send.js';

/** Options of `npm run bench -- events`. */
export interface EventBenchOptions {
  /** Seconds of each run at a steady rate. */
  readonly seconds: number;
  readonly json: boolean;
}

const perSecond = 1_000;
const manyTopics = 10_000;
const fastEvents = 200_000;
const sends = 1_000;

/** The event bus: how long an event takes, how many there may be, what many topics cost, and a message's whole way. */
export async function benchEvents({ seconds, json }: EventBenchOptions): Promise<void> {
  if (noRedis !== undefined) throw new Error(`${noRedis}; npm test installs it on Debian`);
  await using redis = await startRedisServer();
  await using postgres = await startTestServer();
  const addresses: readonly BusAddress[] = [
    { driver: 'memory', url: '' },
    { driver: 'postgres', url: postgres.url },
    { driver: 'redis', url: redis.url },
    { driver: 'plain ioredis', url: redis.url },
  ];
  const figures: Record<string, unknown> = {};
  const tell = (name: string, figure: Record<string, number>, text: string) => {
    figures[name] = figure;
    console.log(`${name.padEnd(44)} ${text}`);
  };
  const tellLatency = (name: string, { p50Ms, p99Ms }: Run) => {
    const figure = { p50Ms: round(p50Ms), p99Ms: round(p99Ms) };
    tell(name, figure, `p50 ${figure.p50Ms} ms, p99 ${figure.p99Ms} ms`);
  };
  const steady = { events: seconds * perSecond, perSecond };

  console.log(`From publishing to a subscriber's tail, ${perSecond} events/s for ${seconds} s:`);
  for (const address of addresses) {
    tellLatency(address.driver, await run(address, 'tail', { ...steady, topics: 1 }));
  }
  console.log(`\nThe same over ${manyTopics} topics that one process listens to:`);
  for (const address of addresses) {
    tellLatency(
      `${address.driver}, ${manyTopics} topics`,
      await run(address, 'tail', { ...steady, topics: manyTopics }),
    );
  }
  console.log(`\nFrom one publisher to one consumer group, as fast as it goes, batches of 500:`);
  for (const address of addresses.slice(1)) {
    const events = address.driver === 'postgres' ? fastEvents / 10 : fastEvents;
    const { eventsPerSecond } = await run(address, 'consume', { events, topics: 1_000, perSecond: 0 });
    const figure = { eventsPerSecond: Math.round(eventsPerSecond) };
    tell(`${address.driver}, consumed`, figure, `${figure.eventsPerSecond} events/s`);
  }
  console.log(`\nA message, from the mutation to the other side's socket, ${sends} one after the other:`);
  for (const [bus, environment] of [
    ['postgres', {}],
    ['redis', { REDIS_URL: redis.url }],
  ] as const) {
    await using hub = await startHubProcess(environment);
    const { answered, arrived } = await timeSends(hub.port, hub.token, sends);
    const at = (sorted: readonly number[], q: number) =>
      round(sorted[Math.floor(q * (sorted.length - 1))] ?? 0);
    const figure = {
      answeredP50Ms: at(answered, 0.5),
      arrivedP50Ms: at(arrived, 0.5),
      arrivedP99Ms: at(arrived, 0.99),
    };
    const text = `arrived p50 ${figure.arrivedP50Ms} ms, p99 ${figure.arrivedP99Ms} ms; answered p50 ${figure.answeredP50Ms} ms`;
    tell(`${bus}, mutation to socket`, figure, text);
  }
  if (json) console.log(JSON.stringify({ ratios: {}, figures }));
}
