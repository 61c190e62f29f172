import { startRedisServer } from '@deskgraph/events/testing';
import { testDatabase } from '@deskgraph/postgres/testing';
import { demoToken } from '../hub-process/graph-client.js';
import { HubProcess, temporaryDataDir } from '../hub-process/hub-process.js';
import { UnreliableNetwork } from '../hub-process/unreliable-network.js';
import { Audience } from './audience.js';
import type { Random } from './random.js';
import { Sending } from './sending.js';
import { sentMessages } from './sent-messages.js';
import type { Tally } from './tally.js';

/** How the hubs are treated. */
export interface HubsScenario {
  readonly random: Random;
  /** Of each kind. */
  readonly kills: number;
  readonly bus: 'redis' | 'postgres';
  readonly messagesPerSecond: number;
  readonly subscribers: number;
}

const betweenKillsMs = 1_500;

/**
 * Two hubs on one database and one bus: gateway, plugins and relay in each. Messages are sent at a steady rate, each tried
 * until it is acknowledged, while hubs and Redis are killed with SIGKILL. Every subscriber must see every message once
 * and in order, through whichever hub it reaches.
 */
export async function hubsKilled(scenario: HubsScenario): Promise<Tally> {
  const { random, kills, bus } = scenario;
  await using server = await testDatabase();
  await using redis = bus === 'redis' ? await startRedisServer() : null;
  await using dataDir = await temporaryDataDir();
  const environment = { DATABASE_URL: server.url, REDIS_URL: redis?.url ?? '' };
  const start = () => HubProcess.start(dataDir.path, [], environment);
  const hubs = [await start(), await start()] as [HubProcess, HubProcess];
  try {
    await using network = await UnreliableNetwork.start(hubs[0].url);
    const token = await demoToken(hubs[0].url);
    await using audience = new Audience(network.url, token, scenario.subscribers);
    await audience.begun();
    const begun = performance.now();
    const sending = new Sending(network.url, token, scenario.messagesPerSecond);
    const targets = redis === null ? ['hub'] : ['hub', 'redis'];
    for (const target of random.shuffled(targets.flatMap((name) => Array<string>(kills).fill(name)))) {
      await new Promise((resolve) => setTimeout(resolve, betweenKillsMs * (0.5 + random.next())));
      if (target === 'redis') await redis?.restart();
      else {
        const victim = random.pick([0, 1] as const);
        network.target = new URL(hubs[1 - victim]?.url ?? '');
        await hubs[victim].end('SIGKILL');
        hubs[victim] = await start();
        network.target = new URL(random.pick(hubs).url);
      }
    }
    const seconds = (performance.now() - begun) / 1000;
    await sending.stop();
    const sent = await sentMessages(server.url);
    await audience.caughtUp(sent);
    const stored = new Set([...sent.values()].flat());
    const forgotten = sending.acknowledged.filter((id) => !stored.has(id)).length;
    for (const { code, message } of audience.failures)
      console.error(`a subscription failed: ${code}: ${message}`);
    const { lost, ...rest } = audience.judge(sent);
    return {
      scenario: `hubs on ${bus}`,
      kills: targets.map((name) => `${kills} ${name}`).join(', '),
      sent: stored.size,
      seconds,
      receivers: audience.size,
      lost: lost + forgotten + audience.gaps.length,
      ...rest,
    };
  } finally {
    for (const hub of hubs) await hub[Symbol.asyncDispose]();
  }
}
