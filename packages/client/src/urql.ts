import type { DeskgraphClient } from './client.js';
import type { SubscriptionResult } from './subscription.js';

/** What urql's `subscriptionExchange` forwards. */
export interface UrqlRequest {
  readonly query?: string | undefined;
  readonly variables?: Record<string, unknown> | undefined;
  readonly operationName?: string | undefined;
}

/** What urql's `subscriptionExchange` listens with. */
export interface UrqlObserver {
  next(result: SubscriptionResult<Record<string, unknown>>): void;
  error(error: unknown): void;
  complete(): void;
}

/** For urql: `subscriptionExchange({ forwardSubscription: urqlSubscription(client) })`. */
export function urqlSubscription(client: DeskgraphClient) {
  return ({ query = '', variables, operationName }: UrqlRequest) => ({
    subscribe: (observer: UrqlObserver): { unsubscribe(): void } => {
      const subscription = client.subscribe({ query, variables, operationName }, observer);
      return { unsubscribe: () => subscription.unsubscribe() };
    },
  });
}
