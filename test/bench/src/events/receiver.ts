import { nowMs } from './clock.js';
import type { BenchedBus } from './plain-redis.js';

/** What a receiver is to do. */
export interface ReceiverTask {
  /** `tail` listens to topics `bench.0` to `bench.<topics - 1>`; `consume` is a consumer group. */
  readonly read: 'tail' | 'consume';
  readonly topics: number;
  readonly expected: number;
}

/** What it saw. */
export interface Received {
  /** Quantiles of the milliseconds from publishing to here. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly events: number;
  /** Milliseconds since the epoch of the last event. */
  readonly lastAtMs: number;
}

/** The type of all events of the benchmark. */
export const benchType = 'bench.event';

/** Topic of a number. */
export const topicOf = (number: number): string => `bench.${number}`;

/** Starts to receive: resolves when nothing can be missed any more. `received` resolves when all has come. */
export async function receive(
  bus: BenchedBus,
  task: ReceiverTask,
): Promise<{ readonly received: Promise<Received> }> {
  const latencies: number[] = [];
  let lastAtMs = 0;
  let finished: (received: Received) => void = () => {};
  const received = new Promise<Received>((resolve) => {
    finished = resolve;
  });
  const onEvent = (data: unknown) => {
    lastAtMs = nowMs();
    latencies.push(lastAtMs - (data as { sentAtMs: number }).sentAtMs);
    if (latencies.length < task.expected) return;
    latencies.sort((a, b) => a - b);
    const quantile = (q: number) => latencies[Math.floor(q * (latencies.length - 1))] ?? 0;
    finished({ p50Ms: quantile(0.5), p99Ms: quantile(0.99), events: latencies.length, lastAtMs });
  };
  if (task.read === 'consume') await bus.consume('bench', [benchType], ({ data }) => onEvent(data));
  else await Promise.all(Array.from({ length: task.topics }, (_, number) => follow(bus, number, onEvent)));
  return { received };
}

async function follow(bus: BenchedBus, number: number, onEvent: (data: unknown) => void): Promise<void> {
  const tail = await bus.tail(topicOf(number), { maxBuffered: 100_000 });
  void (async () => {
    for await (const { event } of tail) onEvent(event.data);
  })();
}
