import assert from 'node:assert/strict';
import type { Principal } from '@deskgraph/plugin-sdk';
import { startTestHost, type TestHost } from '@deskgraph/plugin-testing';

/** This plugin's folder. */
export const plugin = new URL('../..', import.meta.url);

export const mia: Principal = {
  id: 'agent-mia',
  kind: 'agent',
  displayName: 'Mia Chen',
  scopes: ['customers:read', 'customers:write'],
};
export const visitor: Principal = {
  id: 'visitor-li',
  kind: 'visitor',
  displayName: '李伟 Li Wei',
  scopes: ['chat:write'],
};

/** What a query answered. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is that of the query in the test
export type Json = any;

/** The CRM with its demonstration data, and short ways to ask it. */
export interface CustomersHost extends AsyncDisposable {
  readonly host: TestHost;
  /** The data that an agent gets; fails the test on any error. */
  ask(query: string, variables?: Record<string, unknown>): Promise<Json>;
  /** The codes of the errors, in order; as an agent unless told otherwise. */
  codes(query: string, variables?: Record<string, unknown>, principal?: Principal | null): Promise<unknown[]>;
}

/** Starts the CRM alone, on a database of its own. */
export async function startCustomers(): Promise<CustomersHost> {
  const host = await startTestHost({ plugins: [plugin], demo: true, principal: mia });
  return {
    host,
    async ask(query, variables = {}) {
      const { data, errors } = await host.graph(query, variables);
      assert.deepEqual(errors ?? [], []);
      // graphql-js makes objects without a prototype, which deepEqual tells from others.
      return JSON.parse(JSON.stringify(data));
    },
    async codes(query, variables = {}, principal = mia) {
      const { errors = [] } = await host.graph(query, variables, { principal });
      return errors.map(({ extensions }) => extensions.code);
    },
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  };
}
