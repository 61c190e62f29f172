import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable } from '@apollo/client';
import { createDeskgraphClient } from '@deskgraph/client';
import { apolloSubscription } from '@deskgraph/client/apollo';
import { OperationTypeNode } from 'graphql';

export function connectApollo(url: string, token: () => string): ApolloClient {
  const client = createDeskgraphClient({
    url,
    token,
    onGap: () => void apollo.refetchQueries({ include: 'active' }),
  });
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new ApolloLink(apolloSubscription(client, Observable)),
    new HttpLink({ uri: url }),
  );
  const apollo = new ApolloClient({ cache: new InMemoryCache(), link });
  return apollo;
}
