import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createEvent, type EventEnvelope } from '@deskgraph/events';
import { type BusAddress, openBus } from './bus-of.js';
import { nowMs } from './clock.js';
import type { BenchedBus } from './plain-redis.js';
import { benchType, type Received, type ReceiverTask, receive, topicOf } from './receiver.js';

/** How events are published. */
export interface Load {
  readonly events: number;
  readonly topics: number;
  /** Events a second, one by one; 0 publishes batches as fast as they are accepted. */
  readonly perSecond: number;
}

/** What a run showed. */
export interface Run {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** From the first publishing to the last receiving. */
  readonly eventsPerSecond: number;
}

const batchSize = 500;
const batchesAtOnce = 4;

/** Publishes here what another process receives; with the bus of one process, all here. */
export async function run(address: BusAddress, read: ReceiverTask['read'], load: Load): Promise<Run> {
  const bus = await openBus(address);
  const task = { read, topics: load.topics, expected: load.events };
  const local = address.driver === 'memory';
  const receiver = local ? await receiveHere(bus, task) : await startReceiver(address, task);
  try {
    const begunMs = nowMs();
    await (load.perSecond === 0 ? publishBatches(bus, load) : publishSteadily(bus, load));
    return summary(await receiver.received, begunMs);
  } finally {
    await bus.close();
    receiver.end();
  }
}

/** A running receiver. */
interface Receiver {
  readonly received: Promise<Received>;
  end(): void;
}

async function receiveHere(bus: BenchedBus, task: ReceiverTask): Promise<Receiver> {
  return { ...(await receive(bus, task)), end() {} };
}

async function startReceiver(address: BusAddress, task: ReceiverTask): Promise<Receiver> {
  const child: ChildProcess = fork(fileURLToPath(new URL('./receiver-process.js', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.send({ address, task });
  await Promise.race([once(child, 'message'), failure(child)]);
  const received = Promise.race([
    once(child, 'message').then(([message]) => message as Received),
    failure(child),
  ]);
  return { received, end: () => void child.kill() };
}

async function failure(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`the receiver ended with exit code ${code}`);
}

/** Publishes one by one, in slices of 5 ms, without waiting for the answers in between. */
async function publishSteadily(bus: BenchedBus, { events, topics, perSecond }: Load): Promise<void> {
  const begun = performance.now();
  const publishing: Promise<void>[] = [];
  while (publishing.length < events) {
    const due = Math.min(events, Math.ceil(((performance.now() - begun) / 1000) * perSecond));
    while (publishing.length < due) publishing.push(bus.publish([event(publishing.length, topics)]));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await Promise.all(publishing);
}

async function publishBatches(bus: BenchedBus, { events, topics }: Load): Promise<void> {
  let next = 0;
  const publishNext = async () => {
    while (next < events) {
      const from = next;
      next = Math.min(events, from + batchSize);
      await bus.publish(Array.from({ length: next - from }, (_, index) => event(from + index, topics)));
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, publishNext));
}

/** About 320 bytes of JSON. */
function event(number: number, topics: number): EventEnvelope {
  return createEvent({
    type: benchType,
    source: '/bench',
    topic: topicOf((number * 7919) % topics),
    data: { number, sentAtMs: nowMs(), text: 'x'.repeat(60) },
  });
}

function summary({ p50Ms, p99Ms, events, lastAtMs }: Received, begunMs: number): Run {
  return { p50Ms, p99Ms, eventsPerSecond: events / ((lastAtMs - begunMs) / 1000) };
}
