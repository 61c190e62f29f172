import type { Verdict } from './condition.js';
import type { ReplyLanguage } from './language.js';

/** What the sentence tells of. */
export interface Told {
  readonly eventType: string;
  readonly orderNumber: string;
}

/** What happened, by event type and language. */
const verbs: Readonly<Record<string, Readonly<Record<ReplyLanguage, string>>>> = {
  'order.paid': { zh: '已付款', en: 'was paid' },
  'order.shipped': { zh: '已发货', en: 'was shipped' },
  'order.refunded': { zh: '已退款', en: 'was refunded' },
  'order.cancelled': { zh: '已取消', en: 'was cancelled' },
};

/** Why a reply is recommended: `Order 20417 was paid (total.amount 1280.00 ≥ 100).` */
export function reasonFor(
  { eventType, orderNumber }: Told,
  verdicts: readonly Verdict[],
  language: ReplyLanguage,
): string {
  const verb = verbs[eventType]?.[language] ?? eventType;
  const held = verdicts.map(({ because }) => because);
  if (language === 'zh') {
    return `订单 ${orderNumber} ${verb}${held.length > 0 ? `（${held.join('；')}）` : ''}。`;
  }
  return `Order ${orderNumber} ${verb}${held.length > 0 ? ` (${held.join('; ')})` : ''}.`;
}
