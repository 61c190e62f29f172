import type { EventSubscriber, Logger, Transaction } from '@deskgraph/plugin-sdk';
import type { CustomerGraph } from '../customer-graph.js';
import {
  type Candidate,
  chooseTemplate,
  type Match,
  type Rejection,
  tooLate,
} from '../matching/choose-template.js';
import type { Formats } from '../matching/formats.js';
import type { ReplyLanguage } from '../matching/language.js';
import { noteDecision } from '../store/decisions.js';
import { expire } from '../store/expire.js';
import { lockConversations } from '../store/lock-conversations.js';
import { noteHappened } from '../store/order-timeline.js';
import { type NewRecommendation, recommend } from '../store/recommend.js';
import type { DecisionRow } from '../store/rows.js';
import type { TemplateStore } from '../store/template-store.js';
import { type Audience, findAudience } from './audience.js';
import { toCandidate } from './candidate.js';
import { type OrderData, type OrderFact, orderFact } from './order-fact.js';

/** What recommending goes by. */
export interface RecommendingRules {
  readonly defaultLanguage: ReplyLanguage;
  readonly maxOpenPerConversation: number;
  readonly formats: Readonly<Record<ReplyLanguage, Formats>>;
}

/** What came of an event, and why. */
type Decision = Pick<DecisionRow, 'outcome' | 'recommendation_id' | 'rejections'>;

/** What is known before the transaction begins: somebody to reply to, or that there is nothing to do. */
type Prepared = { readonly audience: Audience } | { readonly decision: Decision };

/** Turns what happens to orders into recommended replies, and ends those that it makes wrong. */
export class OrderSubscriber {
  constructor(
    private readonly templates: TemplateStore,
    private readonly customers: CustomerGraph,
    private readonly rules: RecommendingRules,
    private readonly log: Logger,
  ) {}

  /** The graph is asked before the transaction begins, so that no locks are held while it answers. */
  readonly handle: EventSubscriber<OrderData> = async (event, { once, signal }) => {
    const fact = orderFact(event);
    const candidates = (await this.templates.forEvent(fact.eventType)).map(toCandidate);
    const prepared = await this.#prepare(fact, candidates, signal);
    const decision = await once((tx) => this.#takeEffect(tx, fact, candidates, prepared));
    if (decision === undefined) return;
    const { eventType, eventId, orderId } = fact;
    this.log.debug({ eventType, eventId, orderId, outcome: decision.outcome }, 'decided on an order event');
  };

  async #prepare(
    { customerId, occurredAt }: OrderFact,
    candidates: readonly Candidate[],
    signal: AbortSignal,
  ): Promise<Prepared> {
    const now = new Date();
    const late = candidates.flatMap((candidate) => {
      const reason = tooLate(candidate, occurredAt, now);
      return reason === null ? [] : [{ templateId: candidate.id, reason }];
    });
    // Nobody is looked for when no template is of use: events may come in thousands when a group is set back.
    if (late.length === candidates.length) return { decision: nothing('NO_TEMPLATE', late) };
    const { defaultLanguage } = this.rules;
    const audience = await findAudience(this.customers, customerId, defaultLanguage, signal);
    return typeof audience === 'string' ? { decision: nothing(audience) } : { audience };
  }

  async #takeEffect(
    tx: Transaction,
    fact: OrderFact,
    candidates: readonly Candidate[],
    prepared: Prepared,
  ): Promise<Decision> {
    const happened = await noteHappened(tx, fact);
    await lockConversations(tx, await this.#conversations(tx, fact, prepared));
    // Only what happened before: an event that arrives late does not make wrong what happened after it.
    await expire(tx, 'FACT_CHANGED', {
      where: 'order_id = $2 and $3 = any(expires_on) and occurred_at <= $4',
      params: [fact.orderId, fact.eventType, fact.occurredAt],
    });
    const decision =
      'decision' in prepared
        ? prepared.decision
        : await this.#recommend(tx, fact, candidates, { ...prepared.audience, happened });
    await noteDecision(tx, {
      source: fact.source,
      event_type: fact.eventType,
      event_id: fact.eventId,
      order_id: fact.orderId,
      customer_id: fact.customerId,
      ...decision,
    });
    return decision;
  }

  /** Where something may end or begin. No more come up meanwhile: the order is locked. */
  async #conversations(tx: Transaction, { orderId }: OrderFact, prepared: Prepared): Promise<string[]> {
    const rows = await tx.query<{ conversation_id: string }>(
      `select distinct conversation_id from recommendation where status = 'OPEN' and order_id = $1`,
      [orderId],
    );
    const involved = rows.map(({ conversation_id }) => conversation_id);
    return 'audience' in prepared ? [...involved, prepared.audience.conversationId] : involved;
  }

  async #recommend(
    tx: Transaction,
    fact: OrderFact,
    candidates: readonly Candidate[],
    { conversationId, languages, ...known }: Audience & { readonly happened: ReadonlyMap<string, Date> },
  ): Promise<Decision> {
    const { formats, maxOpenPerConversation } = this.rules;
    const occasion = { ...fact, ...known, orderNumber: fact.number, now: new Date() };
    const { chosen, rejections } = chooseTemplate(candidates, occasion, languages, formats);
    if (chosen === null) return nothing('NO_TEMPLATE', rejections);
    const id = await recommend(tx, newRecommendation(fact, conversationId, chosen), maxOpenPerConversation);
    return { outcome: id === null ? 'ALREADY_OPEN' : 'RECOMMENDED', recommendation_id: id, rejections };
  }
}

function nothing(outcome: Decision['outcome'], rejections: readonly Rejection[] = []): Decision {
  return { outcome, recommendation_id: null, rejections };
}

function newRecommendation(
  fact: OrderFact,
  conversationId: string,
  { template, text, reason, expiresAt }: Match,
): NewRecommendation {
  return {
    conversation_id: conversationId,
    customer_id: fact.customerId,
    order_id: fact.orderId,
    template_id: template.id,
    language: template.language,
    text,
    reason,
    source: fact.source,
    event_type: fact.eventType,
    event_id: fact.eventId,
    expires_on: template.expiresOn,
    occurred_at: fact.occurredAt,
    expires_at: expiresAt,
  };
}
