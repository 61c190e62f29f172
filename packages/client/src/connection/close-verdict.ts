import { SubscriptionError } from '../subscription.js';

/** How a connection ended. */
export interface ConnectionEnd {
  /** The WebSocket close code; absent when there was no closing handshake. */
  readonly code?: number;
  readonly reason: string;
}

/** Whether to come back, and when if the hub has said so. */
export type CloseVerdict =
  | { readonly kind: 'retry'; readonly afterMs?: number }
  | { readonly kind: 'refused'; readonly error: SubscriptionError };

const forbidden = 4403;
const initTimeout = 4408;
/** Protocol error, unacceptable data, message too big (RFC 6455, section 7.4.1): the next attempt would say the same. */
const ownFaults = [1002, 1003, 1007, 1009, 1010];

/** Judges by the hub's close codes (docs/transports.md). */
export function judgeEnd({ code, reason }: ConnectionEnd): CloseVerdict {
  if (code === forbidden) {
    const message = `The hub does not take the token (close code ${code}). Let "token" return a valid one.`;
    return { kind: 'refused', error: new SubscriptionError('UNAUTHENTICATED', message) };
  }
  if (code !== undefined && isFinal(code)) {
    const message = `The hub closed the connection for good: ${code} ${reason}`;
    return { kind: 'refused', error: new SubscriptionError('CONNECTION_REFUSED', message.trim()) };
  }
  const advised = /^reconnect-after-ms=(\d{1,5})$/.exec(reason)?.[1];
  return advised === undefined ? { kind: 'retry' } : { kind: 'retry', afterMs: Number(advised) };
}

function isFinal(code: number): boolean {
  return (code >= 4400 && code < 4499 && code !== initTimeout) || ownFaults.includes(code);
}
