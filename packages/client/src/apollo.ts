import { type DocumentNode, print } from 'graphql';
import type { DeskgraphClient } from './client.js';
import type { SubscriptionResult } from './subscription.js';

/** What Apollo Client hands to a link. */
export interface ApolloOperation {
  readonly query: DocumentNode;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string | undefined;
}

/** What Apollo Client listens with. */
export interface ApolloObserver {
  next(result: SubscriptionResult<Record<string, unknown>>): void;
  error(error: unknown): void;
  complete(): void;
}

/** The `Observable` of Apollo Client. */
export type ObservableClass<Stream> = new (subscribe: (observer: ApolloObserver) => () => void) => Stream;

/**
 * For Apollo Client: `new ApolloLink(apolloSubscription(client, Observable))` is a link for subscriptions.
 * @param Observable  that of `@apollo/client`, which is not imported here so that others need not install it
 */
export function apolloSubscription<Stream>(
  client: DeskgraphClient,
  Observable: ObservableClass<Stream>,
): (operation: ApolloOperation) => Stream {
  return ({ query, variables, operationName }) =>
    new Observable((observer) => {
      const subscription = client.subscribe({ query: print(query), variables, operationName }, observer);
      return () => subscription.unsubscribe();
    });
}
