import type { Row, Transaction } from '@deskgraph/plugin-sdk';
import type { PluginEvents } from '../plugin-events.js';
import { expire } from './expire.js';
import { nextId } from './next-id.js';
import { publishAdded } from './recommendation-events.js';
import type { RecommendationRow } from './rows.js';

/** A recommendation to make. */
export type NewRecommendation = Pick<
  RecommendationRow,
  | 'conversation_id'
  | 'customer_id'
  | 'order_id'
  | 'template_id'
  | 'language'
  | 'text'
  | 'reason'
  | 'source'
  | 'event_type'
  | 'event_id'
  | 'occurred_at'
  | 'expires_at'
> & {
  readonly expires_on: readonly string[];
};

const columns = [
  'conversation_id',
  'customer_id',
  'order_id',
  'template_id',
  'language',
  'text',
  'reason',
  'source',
  'event_type',
  'event_id',
  'expires_on',
  'occurred_at',
  'expires_at',
] as const;

/**
 * Makes a recommendation; of those that are open in its conversation the newest `maxOpen` stay. The transaction must hold
 * the conversation: two that come at once would both count without the other.
 * @returns its id; null when the same template is open for the same order there
 * @throws Error when the template was deleted a moment ago; there may be another
 */
export async function recommend(
  tx: Transaction<PluginEvents>,
  made: NewRecommendation,
  maxOpen: number,
): Promise<string | null> {
  const { conversation_id, template_id } = made;
  const inConversation = { where: 'conversation_id = $2', params: [conversation_id] };
  await expire(tx, 'TIME', { ...inConversation, where: `${inConversation.where} and expires_at <= now()` });
  const id = await insert(tx, made);
  if (id === null) return null;
  await expire(tx, 'REPLACED', { ...inConversation, tail: `order by id desc offset ${maxOpen}` });
  await countShown(tx, template_id);
  await publishAdded(tx, { id, conversation_id });
  return id;
}

async function insert(tx: Transaction, made: NewRecommendation): Promise<string | null> {
  const [row] = await tx.query<{ id: string } & Row>(
    `insert into recommendation (id, ${columns.join(', ')})
     values ($1, ${columns.map((_, index) => `$${index + 2}`).join(', ')})
     on conflict (conversation_id, template_id, order_id) where status = 'OPEN' do nothing returning id`,
    [`rec_${nextId()}`, ...columns.map((column) => made[column])],
  );
  return row?.id ?? null;
}

/** Last in the transaction: a template's row is shared by all who use it. */
async function countShown(tx: Transaction, id: string): Promise<void> {
  const counted = await tx.query('update reply_template set shown = shown + 1 where id = $1 returning 1', [
    id,
  ]);
  if (counted.length === 0) throw new Error(`Reply template ${id} was deleted while it was used.`);
}
