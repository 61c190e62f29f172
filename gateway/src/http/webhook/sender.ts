import type { Secret } from '@deskgraph/plugin-sdk';

/** Somebody outside who may post events. */
export interface WebhookSender {
  /** As under `events.webhooks` in the configuration; a label of metrics. */
  readonly name: string;
  /**
   * Keys of Standard Webhooks, `whsec_` and base64. Any of them is taken: to change one, add the new one, move the
   * sender over, take the old one away.
   */
  readonly secrets: readonly Secret[];
  /** Types that it may send; a `*` at the end stands for any rest: `order.*`, `*`. */
  readonly types: readonly string[];
}

/** Whether the sender may send events of the type. */
export function maySend({ types }: WebhookSender, type: string): boolean {
  return types.some((allowed) =>
    allowed.endsWith('*') ? type.startsWith(allowed.slice(0, -1)) : type === allowed,
  );
}
