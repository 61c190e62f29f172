import { createHmac, randomUUID } from 'node:crypto';

/** How a request differs from a right one. */
export interface PostOptions {
  /** What to sign with; default: the shop's secret. */
  readonly secret?: string;
  readonly signedAt?: number;
}

/** An answer of `/events`: its status, and the code of a refusal. */
export interface EventAnswer {
  readonly status: number;
  readonly code?: string;
  readonly duplicate?: boolean;
}

/** A shop system that tells the hub about its orders. */
export class Shop {
  constructor(
    private readonly url: string,
    private readonly secret: string,
  ) {}

  /** Posts an event or, when it is a text, that body. */
  async post(event: unknown, { secret = this.secret, signedAt }: PostOptions = {}): Promise<EventAnswer> {
    const body = typeof event === 'string' ? event : JSON.stringify(event);
    const id = `msg_${randomUUID()}`;
    const timestamp = String(signedAt ?? Math.floor(Date.now() / 1000));
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    const response = await fetch(`${this.url}/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents+json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
      },
      body,
    });
    const { errors, duplicate } = (await response.json()) as {
      readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
      readonly duplicate?: boolean;
    };
    const code = errors?.[0]?.extensions.code;
    return { status: response.status, ...(code && { code }), ...(duplicate !== undefined && { duplicate }) };
  }
}

/** A paid order. */
export function orderPaid(
  subject: string,
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: 'https://shop.example/orders',
    type: 'order.paid',
    subject,
    time: new Date().toISOString(),
    data: { orderId: subject },
    ...changes,
  };
}
