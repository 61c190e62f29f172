import { createHmac, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Something that happened to an order of Li Wei; `data` adds to its order, number, customer and total. */
export interface OrderNews {
  readonly type: string;
  readonly orderId: string;
  readonly data?: object;
}

/** A shop that tells the hub of the demonstration what happens to orders, signed as Standard Webhooks says. */
export class DemoShop {
  private constructor(
    private readonly url: string,
    private readonly key: Buffer,
  ) {}

  /** @param dataDir  of the hub, which keeps the demonstration's secret there */
  static async open(url: string, dataDir: string): Promise<DemoShop> {
    const secret = (await readFile(join(dataDir, 'identity', 'webhook.key'), 'utf8')).trim();
    return new DemoShop(url, Buffer.from(secret.replace(/^whsec_/, ''), 'base64'));
  }

  /** Resolves when the hub has stored it. @throws Error when it was refused */
  async tell({ type, orderId, data }: OrderNews): Promise<void> {
    const order = { orderId, number: '20417', customerId: 'cus_li_wei' };
    const total = { amount: '1280.00', currency: 'CNY' };
    const body = JSON.stringify({
      specversion: '1.0',
      id: randomUUID(),
      source: 'https://shop.example/orders',
      type,
      subject: orderId,
      time: new Date().toISOString(),
      data: { ...order, total, ...data },
    });
    const response = await fetch(`${this.url}/events`, { method: 'POST', headers: this.#sign(body), body });
    if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
    await response.arrayBuffer();
  }

  #sign(body: string): Record<string, string> {
    const id = `msg_${randomUUID()}`;
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', this.key).update(`${id}.${timestamp}.${body}`).digest('base64');
    return {
      'content-type': 'application/cloudevents+json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    };
  }
}
