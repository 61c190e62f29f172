import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** The token with which the hub signs the user of its demonstration's IDE in. */
export async function demoToken(url: string): Promise<string> {
  const page = await (await fetch(`${url}/`)).text();
  const token = /Bearer [\w.-]+/.exec(page)?.[0];
  if (token === undefined) throw new Error('The IDE page carries no token.');
  return token;
}

/** What a GraphQL request answers. */
export interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** A front end of the hub over HTTP and WebSocket. */
export class GraphClient {
  constructor(
    private readonly url: string,
    /** `Bearer ...`; absent for an anonymous caller. */
    private readonly authorization?: string,
  ) {}

  async request(
    query: string,
    variables: Record<string, unknown> = {},
    signal?: AbortSignal,
  ): Promise<Answer> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.#credentials() },
      body: JSON.stringify({ query, variables }),
      ...(signal && { signal }),
    });
    return (await response.json()) as Answer;
  }

  /** Data of the request. @throws Error with the first message when there are errors */
  async data(
    query: string,
    variables: Record<string, unknown> = {},
    signal?: AbortSignal,
  ): Promise<Record<string, unknown>> {
    const { data, errors } = await this.request(query, variables, signal);
    if (errors?.[0] || !data) throw new Error(errors?.[0]?.message ?? 'no data');
    return data;
  }

  /** The first result of a subscription; `meanwhile` runs once the socket is acknowledged, again and again. */
  async firstResult(query: string, meanwhile: () => Promise<unknown>): Promise<Answer> {
    const client = createClient({
      url: `${this.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: this.#credentials(),
    });
    try {
      const results = client.iterate({ query });
      const first = results.next();
      // graphql-transport-ws does not confirm a subscription, so what causes the event is repeated until it is seen.
      let seen = false;
      void first.finally(() => {
        seen = true;
      });
      while (!seen) await meanwhile();
      return (await first).value as Answer;
    } finally {
      await client.dispose();
    }
  }

  #credentials(): Record<string, string> {
    return this.authorization === undefined ? {} : { authorization: this.authorization };
  }
}
