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
    const sending: Promise<void>[] = [];
    while (!this.#stopped) {
      const due = ((performance.now() - begun) / 1000) * perSecond;
      while (sending.length < due) sending.push(this.#sendOne(sending.length));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await Promise.all(sending);
  }

  async #sendOne(number: number): Promise<void> {
    const id = `chaos-${number}`;
    const conversation = conversations[number % conversations.length] as string;
    for (;;) {
      try {
        await within(this.#client.data(send, { conversation, id }), answerTimeoutMs);
        this.acknowledged.push(id);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }
}

async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), timeoutMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
