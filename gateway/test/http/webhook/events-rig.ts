import { PostgresBus } from '@deskgraph/events/postgres';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { testDatabase } from '@deskgraph/postgres/testing';
import { WebhookEndpoint } from '../../../src/http/webhook/webhook-endpoint.js';
import { Metrics } from '../../../src/metrics/metrics.js';
import { WebhookMetrics } from '../../../src/metrics/webhook-metrics.js';
import { type Rig, startRig } from '../rig/start-rig.js';
import { orderPaid, Shop } from './shop.js';

/** The real server before a real outbox, and a shop that posts to it. */
export interface EventsRig extends AsyncDisposable {
  readonly rig: Rig;
  readonly bus: PostgresBus;
  readonly shop: Shop;
  /** What `/events` logged. */
  readonly logged: readonly { readonly message: string }[];
  /** How many events of the sender ended so. */
  counted(sender: string, outcome: string): Promise<number>;
  /** Ids of what is published on `order.paid` while `work` runs. */
  publishedDuring(work: () => Promise<unknown>): Promise<readonly unknown[]>;
  /** Takes the database away. */
  dropDatabase(): Promise<void>;
}

/** Starts one. */
export async function startEventsRig(): Promise<EventsRig> {
  const database = await testDatabase();
  const bus = await PostgresBus.open({ databaseUrl: database.url });
  const { registry } = new Metrics();
  const shop: Shop = new Shop(() => rig.url);
  const logged: { message: string }[] = [];
  const record = (fields: object, message: string) => void logged.push({ ...fields, message });
  const webhook = new WebhookEndpoint({
    senders: [shop.sender],
    consumed: { check },
    outbox: bus,
    metrics: new WebhookMetrics(registry),
    log: { debug: record, info: record, warn: record, error: record },
  });
  const rig = await startRig({ webhook });
  return {
    rig,
    bus,
    shop,
    logged,
    async dropDatabase() {
      await database[Symbol.asyncDispose]();
    },
    async counted(sender, outcome) {
      const name = `deskgraph_webhook_events_total{sender="${sender}",outcome="${outcome}"} `;
      const lines = (await registry.metrics()).split('\n');
      return Number(lines.find((line) => line.startsWith(name))?.slice(name.length) ?? 0);
    },
    async publishedDuring(work) {
      const tail = await bus.tail('order.paid');
      // What was stored before may be published only now: it comes before the first of these two.
      const [first, last] = [orderPaid(), orderPaid()];
      await shop.post(first);
      await work();
      await shop.post(last);
      const ids: unknown[] = [];
      for await (const { event } of tail) {
        if (event.id === last.id) break;
        ids.push(event.id);
      }
      return ids.slice(ids.indexOf(first.id) + 1);
    },
    async [Symbol.asyncDispose]() {
      await rig[Symbol.asyncDispose]();
      await bus.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** As the plugins of a host would check it: order.paid is consumed, with an order id. */
function check(type: string, data: unknown): void {
  if (type === 'order.broken') throw new Error('a check that breaks');
  if (type !== 'order.paid') throw new DeskgraphError('EVENT_UNDECLARED', 'No plugin consumes this.');
  if (typeof (data as { orderId?: unknown } | null)?.orderId === 'string') return;
  throw new DeskgraphError('EVENT_INVALID', 'orderId is missing');
}
