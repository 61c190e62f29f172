import assert from 'node:assert/strict';
import type { Principal } from '@deskgraph/plugin-sdk';
import { startTestHost, type TestHost } from '@deskgraph/plugin-testing';

/** This plugin's folder. */
export const plugin = new URL('../..', import.meta.url);

const scopes = ['chat:read', 'chat:write'];
export const mia: Principal = { id: 'agent-mia', kind: 'agent', displayName: 'Mia Chen', scopes };
export const tom: Principal = { id: 'agent-tom', kind: 'agent', displayName: 'Tom Becker', scopes };
/** The visitor of the conversation `con_li_wei_sofa` of the demonstration. */
export const li: Principal = {
  id: 'visitor-li',
  kind: 'visitor',
  displayName: '李伟 Li Wei',
  scopes: ['chat:write'],
};
export const stranger: Principal = { ...li, id: 'visitor-unknown', displayName: 'Visitor' };

/** What a query answered. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is that of the query in the test
export type Json = any;

/** The chat with its demonstration data, and short ways to ask it. */
export interface ChatHost extends AsyncDisposable {
  readonly host: TestHost;
  /** The data; fails the test on any error. */
  ask(principal: Principal | null, query: string, variables?: Record<string, unknown>): Promise<Json>;
  /** The codes of the errors, in order. */
  codes(principal: Principal | null, query: string, variables?: Record<string, unknown>): Promise<unknown[]>;
}

/** Starts the chat alone, on a database of its own. */
export async function startChat(): Promise<ChatHost> {
  const host = await startTestHost({ plugins: [plugin], demo: true });
  return {
    host,
    async ask(principal, query, variables = {}) {
      const { data, errors } = await host.graph(query, variables, { principal });
      assert.deepEqual(errors ?? [], []);
      // graphql-js makes objects without a prototype, which deepEqual tells from others.
      return JSON.parse(JSON.stringify(data));
    },
    async codes(principal, query, variables = {}) {
      const { errors = [] } = await host.graph(query, variables, { principal });
      return errors.map(({ extensions }) => extensions.code);
    },
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
}

/** `n` numbers from 1. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);

export const send = `mutation($input: SendMessageInput!) {
  sendMessage(input: $input) { message { id sequence text kind sender { id displayName } } conversation { lastSequence } }
}`;

export const range = `query($id: ID!, $after: Int! = 0, $first: Int! = 1000) {
  conversationEvents(conversationId: $id, afterSequence: $after, first: $first) {
    complete
    events { sequence change at message { id text } }
  }
}`;
