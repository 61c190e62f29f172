import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { createEvent, type EventEnvelope } from '@deskgraph/events';
import type { Principal } from '@deskgraph/plugin-sdk';
import { startTestHost, type TestHost, type TestHostOptions } from '@deskgraph/plugin-testing';
import { graphOfNeighbours } from './graph-of-neighbours.js';

/** This plugin's folder. */
export const plugin = new URL('../..', import.meta.url);
const neighbours = [new URL('../chat/', plugin), new URL('../customers/', plugin)];

const scopes = ['assistant:read', 'assistant:write', 'chat:read', 'chat:write'];
export const mia: Principal = { id: 'agent-mia', kind: 'agent', displayName: 'Mia Chen', scopes };
export const tom: Principal = { id: 'agent-tom', kind: 'agent', displayName: 'Tom Becker', scopes };
/** Holds every scope, and is a visitor all the same. */
export const li: Principal = { id: 'visitor-li', kind: 'visitor', displayName: '李伟 Li Wei', scopes };

/** The open conversation of the customer `cus_li_wei`, who reads Chinese. */
export const sofa = 'con_li_wei_sofa';

/** What a query answered. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is that of the query in the test
export type Json = any;

/** An event about an order, by what differs from `order.paid` of the order 20417 of Li Wei, a moment ago. */
export interface OrderEvent {
  readonly type?: string;
  readonly id?: string;
  readonly time?: Date;
  readonly orderId?: string;
  /** Partition key; default: the order's id. */
  readonly key?: string;
  readonly customerId?: string;
  readonly data?: object;
}

/** The assistant beside chat and customers, all with their demonstration data, and short ways to ask it. */
export interface AssistantHost extends AsyncDisposable {
  readonly host: TestHost;
  /** The data; fails the test on any error. */
  ask(query: string, variables?: Record<string, unknown>, call?: Call): Promise<Json>;
  /** The codes of the errors, in order. */
  codes(query: string, variables?: Record<string, unknown>, principal?: Principal | null): Promise<unknown[]>;
  /** Publishes an event and waits for what the assistant decides on it. */
  happens(event?: OrderEvent): Promise<Json>;
  /** Publishes an event. */
  publish(event?: OrderEvent): Promise<EventEnvelope>;
  /** What was decided on an event, once it is. */
  decisionOn(eventId: string): Promise<Json>;
  /** The open recommendations of a conversation, or those of another status; null for all. */
  recommendations(conversationId: string, status?: string | null): Promise<Json[]>;
  /** The first `count` events on a topic from now on, which `cause` causes. */
  heard(topic: string, count: number, cause: () => Promise<unknown>): Promise<EventEnvelope<Json>[]>;
}

/** Who asks which plugin; default: Mia asks the assistant. */
interface Call {
  readonly principal?: Principal | null;
  readonly plugin?: string;
}

const patienceMs = 15_000;

/** Starts the three on a database of their own. */
export async function startAssistant(options: Partial<TestHostOptions> = {}): Promise<AssistantHost> {
  const host: TestHost = await startTestHost({
    plugins: [plugin, ...neighbours],
    demo: true,
    principal: mia,
    graph: graphOfNeighbours(() => host),
    ...options,
  });
  return new RunningAssistant(host);
}

class RunningAssistant implements AssistantHost {
  constructor(readonly host: TestHost) {}

  async ask(query: string, variables: Record<string, unknown> = {}, call: Call = {}) {
    const { data, errors } = await this.host.graph(query, variables, call);
    assert.deepEqual(errors ?? [], []);
    // graphql-js makes objects without a prototype, which deepEqual tells from others.
    return JSON.parse(JSON.stringify(data));
  }

  async codes(query: string, variables: Record<string, unknown> = {}, principal: Principal | null = mia) {
    const { errors = [] } = await this.host.graph(query, variables, { principal });
    return errors.map(({ extensions }) => extensions.code);
  }

  async happens(event?: OrderEvent) {
    return this.decisionOn((await this.publish(event)).id);
  }

  async publish({ type = 'order.paid', id, time, orderId = 'ord_20417', ...rest }: OrderEvent = {}) {
    const { customerId = 'cus_li_wei', key = orderId, data } = rest;
    const total = { amount: '1280.00', currency: 'CNY' };
    const event = createEvent({
      type,
      topic: type,
      source: '/erp',
      subject: orderId,
      partitionkey: key,
      data: { orderId, number: '20417', customerId, total, ...data },
    });
    const changed = { ...event, ...(id && { id }), ...(time && { time: time.toISOString() }) };
    await this.host.bus.publish([changed]);
    return changed;
  }

  async decisionOn(eventId: string) {
    const query = `query($eventId: ID!) { replyDecisions(eventId: $eventId) {
      outcome eventType order { id } customer { id } recommendation { id text language reason status }
      rejections { template { id } reason } } }`;
    for (const end = Date.now() + patienceMs; Date.now() < end; await delay(10)) {
      const [decision] = (await this.ask(query, { eventId })).replyDecisions;
      if (decision !== undefined) return decision;
    }
    throw new Error(`Nothing was decided on ${eventId}: ${JSON.stringify(this.host.logged.slice(-5))}`);
  }

  async recommendations(conversationId: string, status: string | null = 'OPEN') {
    const query = `query($conversations: [_Any!]!, $status: RecommendationStatus) {
      _entities(representations: $conversations) { ... on Conversation { recommendations(status: $status) {
        id text status expiryCause closedAt order { id } template { id } } } } }`;
    const conversations = [{ __typename: 'Conversation', id: conversationId }];
    const { _entities } = await this.ask(query, { conversations, status });
    return _entities[0].recommendations;
  }

  async heard(topic: string, count: number, cause: () => Promise<unknown>) {
    const tail = await this.host.bus.tail(topic);
    const timer = setTimeout(() => tail.close(), patienceMs);
    const events: EventEnvelope<Json>[] = [];
    await cause();
    for await (const { event } of tail) {
      events.push(event);
      if (events.length === count) break;
    }
    clearTimeout(timer);
    assert.equal(events.length, count, `${topic} had ${events.length} events`);
    return events;
  }

  [Symbol.asyncDispose]() {
    return this.host[Symbol.asyncDispose]();
  }
}

/** The topics of a conversation. */
export const added = (conversationId: string) => `assistant.conversation.${conversationId}.recommendations`;
export const updated = (conversationId: string) =>
  `assistant.conversation.${conversationId}.recommendation-updates`;
