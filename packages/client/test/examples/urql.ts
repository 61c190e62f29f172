import { createDeskgraphClient } from '@deskgraph/client';
import { urqlSubscription } from '@deskgraph/client/urql';
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';

export function connectUrql(url: string, token: () => string, onGap: () => void): Client {
  const client = createDeskgraphClient({ url, token, onGap });
  return new Client({
    url,
    preferGetMethod: false,
    fetchOptions: () => ({ headers: { authorization: `Bearer ${token()}` } }),
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({ forwardSubscription: urqlSubscription(client) }),
    ],
  });
}
