import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Answer } from '../hub-process/graph-client.js';

const patienceMs = 15_000;

/** A subscription that is known to listen: whatever happens after it was opened is seen. */
export class Listening implements AsyncDisposable {
  private constructor(
    private readonly client: Client,
    private readonly results: AsyncIterableIterator<Answer>,
  ) {}

  /** Resolves when the hub has said where the stream begins (schema/EVENTS.md, section 6.2). */
  static async open(url: string, authorization: string, query: string): Promise<Listening> {
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization },
      retryAttempts: 0,
    });
    const results = client.iterate({ query, extensions: { after: 'now' } }) as AsyncIterableIterator<Answer>;
    const listening = new Listening(client, results);
    const { data, errors } = await listening.#next();
    if (errors !== undefined || data) throw new Error(`No beginning: ${JSON.stringify({ data, errors })}`);
    return listening;
  }

  /** The next result's data. @throws Error when there are errors, or none comes within 15 s */
  async next(): Promise<Record<string, unknown>> {
    const { data, errors } = await this.#next();
    if (errors?.[0] || !data) throw new Error(errors?.[0]?.message ?? 'no data');
    return data;
  }

  async #next(): Promise<Answer> {
    const timer = setTimeout(() => void this.client.dispose(), patienceMs);
    const { value, done } = await this.results.next();
    clearTimeout(timer);
    if (done) throw new Error('The subscription ended.');
    return value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.dispose();
  }
}
