import type { IncomingHttpHeaders } from 'node:http';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import type { WebhookSender } from './sender.js';

/** How far a signature's time may be from ours, either way (Standard Webhooks, "Timestamp"). */
const toleranceMs = 5 * 60_000;

/** A request's headers of Standard Webhooks. */
interface SignedHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/** Tells by the signature who sent a body (https://www.standardwebhooks.com). */
export class Signatures {
  readonly #keys: readonly { readonly sender: WebhookSender; readonly webhook: Webhook }[];

  constructor(
    senders: readonly WebhookSender[],
    /** Milliseconds since the epoch. */
    private readonly now: () => number = Date.now,
  ) {
    this.#keys = senders.flatMap((sender) =>
      sender.secrets.map((secret) => ({ sender, webhook: new Webhook(secret.reveal()) })),
    );
  }

  /**
   * The sender whose secret made the signature.
   * @throws DeskgraphError WEBHOOK_TIMESTAMP_INVALID when it is more than 5 minutes old or ahead,
   *   WEBHOOK_SIGNATURE_INVALID when no secret makes it
   */
  senderOf(headers: IncomingHttpHeaders, body: string): WebhookSender {
    const signed = signedHeaders(headers);
    this.#checkTime(signed['webhook-timestamp']);
    const found = this.#keys.find(({ webhook }) => verifies(webhook, body, signed));
    if (found !== undefined) return found.sender;
    throw new DeskgraphError(
      'WEBHOOK_SIGNATURE_INVALID',
      'No secret of a configured sender makes this signature. Sign "<webhook-id>.<webhook-timestamp>.<body>", the body byte for byte as it is sent.',
    );
  }

  /** Before the signature: it costs nothing, and what is too old is refused whatever it is. */
  #checkTime(timestamp: string): void {
    const signedAtMs = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1000 : Number.NaN;
    const nowMs = this.now();
    if (Math.abs(signedAtMs - nowMs) <= toleranceMs) return;
    const here = `it is ${Math.floor(nowMs / 1000)} here`;
    const reason = Number.isNaN(signedAtMs) ? 'is no time in whole seconds' : `is too far from now (${here})`;
    throw new DeskgraphError(
      'WEBHOOK_TIMESTAMP_INVALID',
      `The webhook-timestamp ${reason}; at most 5 minutes are allowed. Sign again for each attempt.`,
    );
  }
}

function signedHeaders(headers: IncomingHttpHeaders): SignedHeaders {
  const text = (name: keyof SignedHeaders) => {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new DeskgraphError(
      'WEBHOOK_SIGNATURE_INVALID',
      `The header ${name} is missing; sign as Standard Webhooks says.`,
    );
  };
  return {
    'webhook-id': text('webhook-id'),
    'webhook-timestamp': text('webhook-timestamp'),
    'webhook-signature': text('webhook-signature'),
  };
}

function verifies(webhook: Webhook, body: string, headers: SignedHeaders): boolean {
  try {
    webhook.verify(body, { ...headers }, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}
