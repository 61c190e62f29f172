import type { SubscriptionError } from '../subscription.js';

/** How the connection stands, for people to see. */
export type ConnectionState =
  /** Nobody subscribes, so there is none. */
  | { readonly kind: 'idle' }
  /** The first attempt, or attempt number so many after a break. */
  | { readonly kind: 'connecting'; readonly attempt: number }
  | { readonly kind: 'live' }
  /** Lost; the next attempt is at `retryAt` (ms since the epoch, like `Date.now()`). */
  | { readonly kind: 'offline'; readonly retryAt: number; readonly reason: string }
  /** Given up, and the subscriptions have failed; the next `subscribe` tries again. */
  | { readonly kind: 'refused'; readonly error: SubscriptionError }
  | { readonly kind: 'disposed' };

export type ConnectionListener = (state: ConnectionState) => void;
