import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { checkEnvelope } from '../../check-envelope.js';
import type { EventEnvelope } from '../../envelope.js';
import { envelopeText } from '../../envelope-text.js';
import { unavailable } from './failures.js';
import type { JetStreamConnection } from './jetstream-connection.js';

/** After this long an event that was not accepted is given up. */
const deadlineMs = 5_000;
const attemptMs = 2_000;
const betweenAttemptsMs = 100;
/** Events on their way at once. */
const windowSize = 256;

interface Outgoing {
  readonly event: EventEnvelope;
  readonly text: string;
}

/**
 * Publishes events so that no failure changes their order: an event is sent when those before it on its topic and of
 * its key are accepted. Sent at once, a later one could be stored although an earlier one was lost, as when a cluster
 * changes its leader.
 */
export class Publisher {
  /** @param onAccepted  told the sequence number of each */
  constructor(
    private readonly connection: JetStreamConnection,
    private readonly onAccepted: (sequence: number) => void,
  ) {}

  /** @throws DeskgraphError EVENT_INVALID before any is sent; EVENT_BUS_UNAVAILABLE after 5 s, with some accepted maybe */
  async publish(events: readonly EventEnvelope[]): Promise<void> {
    const outgoing = events.map((event) => ({ event, text: envelopeText(checkEnvelope(event)) }));
    for (let at = 0; at < outgoing.length; at += windowSize) {
      await this.#publishWindow(outgoing.slice(at, at + windowSize));
    }
  }

  /** Hands an event to one group again. `id` names the handing over: it happens once. */
  async publishFor(group: string, event: EventEnvelope, id: string): Promise<void> {
    const subject = this.connection.subjects.event(event, group);
    await this.#send(subject, envelopeText(event), id, performance.now() + deadlineMs);
  }

  async #publishWindow(window: readonly Outgoing[]): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    /** The last event of each key and topic. */
    const last = new Map<string, Promise<void>>();
    const all = window.map(({ event, text }) => {
      const [key, topic] = [`key ${event.partitionkey}`, `topic ${event.topic}`];
      const send = () => this.#send(this.connection.subjects.event(event), text, identityOf(event), deadline);
      const before = [last.get(key), last.get(topic)].filter((sent) => sent !== undefined);
      const sent = before.length === 0 ? send() : Promise.all(before).then(send);
      last.set(key, sent);
      last.set(topic, sent);
      return sent;
    });
    const failed = (await Promise.allSettled(all)).find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw unavailable((failed as PromiseRejectedResult).reason);
  }

  /** An event that was stored although its acknowledgement was lost is recognised when it is sent again. */
  async #send(subject: string, text: string, msgID: string, deadline: number): Promise<void> {
    const { connection } = this;
    for (;;) {
      const leftMs = Math.max(deadline - performance.now(), 1);
      try {
        await connection.watch.connected(leftMs);
        const timeout = Math.max(1, Math.min(attemptMs, deadline - performance.now()));
        const { seq } = await connection.ask(() =>
          connection.client.publish(subject, text, { msgID, timeout }),
        );
        this.onAccepted(seq);
        return;
      } catch (error) {
        if (connection.nats.isClosed() || performance.now() + betweenAttemptsMs >= deadline) throw error;
        await delay(betweenAttemptsMs);
      }
    }
  }
}

/** What the server recognises an event by. */
function identityOf({ source, id }: EventEnvelope): string {
  return createHash('sha256').update(`${source}\n${id}`).digest('base64url');
}
