import { GraphClient } from '../hub-process/graph-client.js';

/** Conversations of the demonstration. */
export const conversations = [
  'con_li_wei_sofa',
  'con_wang_fang_samples',
  'con_anna_invoice',
  'con_emily_beds',
  'con_priya_welcome',
] as const;

const send = `mutation ($conversation: ID!, $id: ID!) { sendMessage(input: {
  conversationId: $conversation, clientMessageId: $id, text: "Are you there?" }) { message { id } } }`;
const answerTimeoutMs = 5_000;
const retryMs = 100;
/** Messages that may be on their way at once: a hub that is slow for a while must not be buried. */
const maxOnTheirWay = 40;

/** Messages at a steady rate; each is tried under the same id until it is acknowledged. */
export class Sending {
  readonly acknowledged: string[] = [];
  readonly #client: GraphClient;
  readonly #done: Promise<void>;
  #stopped = false;

  constructor(url: string, token: string, perSecond: number) {
    this.#client = new GraphClient(url, token);
    this.#done = this.#send(perSecond);
  }

  /** Begins no more; resolves when all that were begun are acknowledged. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #send(perSecond: number): Promise<void> {
    const begun = performance.now();
    const onTheirWay = new Set<Promise<void>>();
    for (let number = 0; !this.#stopped; ) {
      const due = ((performance.now() - begun) / 1000) * perSecond;
      if (number < due && onTheirWay.size < maxOnTheirWay) {
        const sending = this.#sendOne(number++);
        onTheirWay.add(sending);
        void sending.then(() => onTheirWay.delete(sending));
      } else await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await Promise.all(onTheirWay);
  }

  async #sendOne(number: number): Promise<void> {
    const id = `chaos-${number}`;
    const conversation = conversations[number % conversations.length] as string;
    for (;;) {
      try {
        const signal = AbortSignal.timeout(answerTimeoutMs);
        await this.#client.data(send, { conversation, id }, signal);
        this.acknowledged.push(id);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }
}
