/** Nobody must take a reply whose time is over, even if it was not swept yet. */
const overdue = `status = 'OPEN' and expires_at <= now()`;

/** The columns of `RecommendationRow`. */
export const recommendationColumns = `id, conversation_id, customer_id, order_id, template_id, language, text, reason,
  source, event_type, event_id, dismiss_reason, final_text, closed_by, occurred_at, created_at, expires_at,
  case when ${overdue} then 'EXPIRED' else status end as status,
  case when ${overdue} then 'TIME' else expiry_cause end as expiry_cause,
  case when ${overdue} then expires_at else closed_at end as closed_at`;

/** True of those that can be answered. */
export const isOpen = `status = 'OPEN' and expires_at > now()`;
