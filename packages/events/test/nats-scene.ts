import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createEvent, type EventEnvelope, type PositionedEvent } from '@deskgraph/events';
import { NatsBus, type NatsBusOptions } from '@deskgraph/events/nats';
import { type NatsServer, startNatsServer } from '@deskgraph/events/testing';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';

const consumerProgram = fileURLToPath(new URL('./nats-consumer.js', import.meta.url));

/** What a consumer in a process of its own tells. */
export interface Told {
  readonly begun?: unknown;
  readonly ready?: true;
}

/** A consumer in a process of its own, whose handler never ends. */
export interface HangingConsumer {
  readonly process: ChildProcess;
  /** Resolves with the data of an event that it has begun to handle, the next one each time. */
  begun(): Promise<unknown>;
}

/** A server, buses on it, and a look behind them. Disposing ends all of it. */
export class NatsScene implements AsyncDisposable {
  readonly #ending: (() => PromiseLike<unknown>)[] = [];

  #manager: Promise<JetStreamManager> | null = null;

  static async start(extra?: readonly string[]): Promise<NatsScene> {
    return new NatsScene(await startNatsServer(extra));
  }

  private constructor(readonly server: NatsServer) {
    this.#ending.push(() => server[Symbol.asyncDispose]());
  }

  async bus(options: Partial<NatsBusOptions> = {}): Promise<NatsBus> {
    const bus = await NatsBus.open({ url: this.server.url, ...options });
    this.#ending.push(() => bus.close());
    return bus;
  }

  async connection(): Promise<NatsConnection> {
    const nats = await connect({ servers: this.server.url.slice('nats://'.length) });
    this.#ending.push(() => nats.close());
    return nats;
  }

  manager(): Promise<JetStreamManager> {
    this.#manager ??= this.connection().then((nats) => jetstreamManager(nats));
    return this.#manager;
  }

  /** Starts one that consumes the type as the group; resolves when it does. */
  async hangingConsumer(group: string, type: string, leaseMs: number): Promise<HangingConsumer> {
    const child = fork(consumerProgram, [this.server.url, group, type, String(leaseMs)]);
    const told: Told[] = [];
    const waiting: ((told: Told) => void)[] = [];
    child.on('message', (message: Told) => {
      const next = waiting.shift();
      if (next === undefined) told.push(message);
      else next(message);
    });
    this.#ending.push(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    });
    const next = () =>
      new Promise<Told>((resolve) => {
        const first = told.shift();
        if (first === undefined) waiting.push(resolve);
        else resolve(first);
      });
    await next();
    return { process: child, begun: async () => (await next()).begun };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#ending.reverse()) await end();
  }
}

/** An event of the type `order.paid` on the topic `order.<key>`. */
export function paid(data: unknown, key = '7'): EventEnvelope {
  return createEvent({ type: 'order.paid', source: '/test', topic: `order.${key}`, data });
}

/** Everything that a history has. */
export async function allOf(history: AsyncIterable<PositionedEvent>): Promise<PositionedEvent[]> {
  const events: PositionedEvent[] = [];
  for await (const event of history) events.push(event);
  return events;
}

/** Resolves when a condition holds that nothing tells of; rejects after the time. */
export async function until(holds: () => Promise<boolean> | boolean, withinMs = 20_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`it did not come true within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
