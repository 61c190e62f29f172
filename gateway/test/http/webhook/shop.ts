import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { Secret } from '@deskgraph/plugin-sdk';
import type { WebhookSender } from '../../../src/http/webhook/sender.js';

/** How a request differs from a right one. */
export interface PostOptions {
  readonly key?: Buffer;
  readonly timestamp?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is signed, when that is not what is sent. */
  readonly signed?: string;
  /** Signatures that stand before the right one in the header. */
  readonly others?: string;
}

/** An answer of `/events`. */
export interface EventAnswer {
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A shop that posts events, and signs them by the specification's text rather than by the library the hub uses. */
export class Shop {
  readonly key = randomBytes(32);
  readonly oldKey = randomBytes(24);

  constructor(readonly url: () => string) {}

  get sender(): WebhookSender {
    const secrets = [this.key, this.oldKey].map((key) => new Secret(`whsec_${key.toString('base64')}`));
    return { name: 'shop', secrets, types: ['order.*', 'stock.changed'] };
  }

  /** Posts an event or, when it is a text, that body. */
  async post(event: unknown, options: PostOptions = {}): Promise<EventAnswer> {
    const body = typeof event === 'string' ? event : JSON.stringify(event);
    const id = `msg_${randomUUID()}`;
    const timestamp = options.timestamp ?? String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', options.key ?? this.key)
      .update(`${id}.${timestamp}.${options.signed ?? body}`)
      .digest('base64');
    const response = await fetch(`${this.url()}/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents+json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `${options.others ?? ''}v1,${signature}`,
        ...options.headers,
      },
      body,
    });
    const answer = (await response.json()) as {
      errors?: { message: string; extensions: { code: string } }[];
    };
    const [error] = answer.errors ?? [];
    return {
      status: response.status,
      ...(error && { code: error.extensions.code, message: error.message }),
      body: answer as Readonly<Record<string, unknown>>,
    };
  }
}

/** An event as a shop makes it: without topic and partition key. */
export function orderPaid(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: 'https://shop.example/orders',
    type: 'order.paid',
    subject: 'o-1',
    time: new Date().toISOString(),
    data: { orderId: 'o-1' },
    ...changes,
  };
}
