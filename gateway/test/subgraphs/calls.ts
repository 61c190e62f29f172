import type { TestContext } from 'node:test';
import type { Principal } from '@deskgraph/plugin-sdk';
import type { HttpTransportOptions } from '../../src/subgraphs/http-options.js';
import { HttpTransport } from '../../src/subgraphs/http-transport.js';
import type { SubgraphObserver } from '../../src/subgraphs/observer.js';
import type { FetchContext, FetchVariables } from '../../src/subgraphs/transport.js';

/** Variables of a fetch from plain values. */
export function variables(values: Record<string, unknown> = {}): FetchVariables {
  return { json: () => JSON.stringify(values), value: () => values };
}

/** The context of an anonymous caller who stays, but for what is given. */
export function callContext(given: Partial<FetchContext> = {}): FetchContext {
  return { principal: null, requestId: 'request-1', signal: new AbortController().signal, ...given };
}

/** Somebody with these scopes. */
export function agent(id: string, ...scopes: string[]): Principal {
  return { id, kind: 'agent', displayName: id, scopes };
}

/** Remembers what it is told. */
export class RecordingObserver implements SubgraphObserver {
  readonly outcomes: string[] = [];
  readonly states: string[] = [];

  onFetch(serviceName: string, outcome: string): void {
    this.outcomes.push(`${serviceName} ${outcome}`);
  }

  onBreaker(serviceName: string, state: string): void {
    this.states.push(`${serviceName} ${state}`);
  }
}

/** A transport to the subgraph `products`, with its query and mutation; ends with the test. */
export function connect(test: TestContext, url: string, options: Partial<HttpTransportOptions> = {}) {
  const observer = new RecordingObserver();
  const transport = new HttpTransport({ name: 'products', url }, options, observer);
  test.after(() => transport[Symbol.asyncDispose]());
  return {
    transport,
    observer,
    query: transport.prepare({ text: 'query($id: ID) { product(id: $id) { name } }', kind: 'query' }),
    mutation: transport.prepare({ text: 'mutation { rename { name } }', kind: 'mutation' }),
  };
}
