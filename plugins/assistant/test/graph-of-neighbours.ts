import assert from 'node:assert/strict';
import type { TestHost, TestHostOptions } from '@deskgraph/plugin-testing';

type AskGraph = NonNullable<TestHostOptions['graph']>;

const record = 'query($id: ID!) { customer(id: $id) { id name language } }';
const conversations = `query($customers: [_Any!]!) { _entities(representations: $customers) {
  ... on Customer { conversations(first: 20) { nodes { id status } } } } }`;

/**
 * The graph of the customers and chat plugins, as far as the assistant asks it: what one of them has is asked of it,
 * and a customer's conversations are joined to the record as the gateway joins them.
 */
export function graphOfNeighbours(host: () => TestHost): AskGraph {
  return async ({ document, variables, principal, signal }) => {
    const ask = async (plugin: string, query: string, values: Readonly<Record<string, unknown>>) => {
      const { data, errors = [] } = await host().graph(query, values, { plugin, principal, signal });
      return JSON.parse(JSON.stringify({ data: data ?? null, errors }));
    };
    if (!document.includes('customer(')) return ask('chat', document, variables);
    assert.match(document, /\{ id name language conversations\(first: 20\) \{ nodes \{ id status \} \} \}/);
    const found = await ask('customers', record, variables);
    if (!found.data?.customer) return found;
    const customers = [{ __typename: 'Customer', id: variables.id }];
    const { data, errors } = await ask('chat', conversations, { customers });
    return { data: { customer: { ...found.data.customer, ...data?._entities[0] } }, errors };
  };
}
