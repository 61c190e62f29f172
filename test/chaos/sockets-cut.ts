import { testDatabase } from '@deskgraph/postgres/testing';
import { demoToken } from '../hub-process/graph-client.js';
import { HubProcess, temporaryDataDir } from '../hub-process/hub-process.js';
import { UnreliableNetwork } from '../hub-process/unreliable-network.js';
import { Audience } from './audience.js';
import type { Random } from './random.js';
import { Sending } from './sending.js';
import { sentMessages } from './sent-messages.js';
import type { Tally } from './tally.js';

/** How the subscribers' connections are treated. */
export interface SocketsScenario {
  readonly random: Random;
  /** Connections that are cut and made again, at least. */
  readonly reconnects: number;
  readonly messagesPerSecond: number;
  readonly subscribers: number;
}

/** Subscribers whose connections are reset, again and again, while messages are sent; the hub lives. */
export async function socketsCut(scenario: SocketsScenario): Promise<Tally> {
  const { random, reconnects, messagesPerSecond, subscribers } = scenario;
  await using server = await testDatabase();
  await using dataDir = await temporaryDataDir();
  await using hub = await HubProcess.start(dataDir.path, [], { DATABASE_URL: server.url });
  const token = await demoToken(hub.url);
  // Only the subscribers' way is unreliable.
  await using network = await UnreliableNetwork.start(hub.url);
  await using audience = new Audience(network.url, token, subscribers);
  await audience.begun();
  const begun = performance.now();
  const sending = new Sending(hub.url, token, messagesPerSecond);
  const before = network.connections;
  while (network.connections - before < reconnects) {
    network.cut();
    await new Promise((resolve) => setTimeout(resolve, 300 + random.next() * 700));
  }
  const made = network.connections - before;
  const seconds = (performance.now() - begun) / 1000;
  await sending.stop();
  const sent = await sentMessages(server.url);
  await audience.caughtUp(sent);
  for (const { code, message } of audience.failures)
    console.error(`a subscription failed: ${code}: ${message}`);
  const { lost, ...rest } = audience.judge(sent);
  return {
    scenario: 'sockets cut',
    kills: `${made} connections`,
    sent: sending.acknowledged.length,
    seconds,
    receivers: audience.size,
    lost: lost + audience.gaps.length,
    ...rest,
  };
}
