import { createDeskgraphClient } from '@deskgraph/client';

const client = createDeskgraphClient({
  url: 'https://desk.example/graphql',
  token: () => currentToken(),
});

export function followConversation(id: string): () => void {
  const subscription = client.subscribe<MessageAdded>(
    {
      query: 'subscription ($id: ID!) { messageAdded(conversationId: $id) { id text } }',
      variables: { id },
    },
    {
      begin: () => loadMessages(id),
      next: ({ data }) => data && showMessage(data.messageAdded),
      error: ({ code, message }) => showProblem(code, message),
    },
  );
  return () => subscription.unsubscribe();
}

interface MessageAdded {
  readonly messageAdded: { readonly id: string; readonly text: string };
}

declare function currentToken(): Promise<string>;
declare function loadMessages(conversationId: string): void;
declare function showMessage(message: { readonly id: string; readonly text: string }): void;
declare function showProblem(code: string, message: string): void;
