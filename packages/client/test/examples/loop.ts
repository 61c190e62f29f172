import { createDeskgraphClient } from '@deskgraph/client';
import { WebSocket } from 'ws';

/** Resolves with the first texts that are written in a conversation. */
export async function firstTexts(url: string, token: string, id: string, count: number): Promise<string[]> {
  const client = createDeskgraphClient({ url, token: () => token, webSocket: WebSocket });
  const query = 'subscription ($id: ID!) { messageAdded(conversationId: $id) { text } }';
  const texts: string[] = [];
  for await (const { data } of client.iterate<Added>({ query, variables: { id } })) {
    if (data) texts.push(data.messageAdded.text);
    if (texts.length === count) break;
  }
  client.dispose();
  return texts;
}

interface Added {
  readonly messageAdded: { readonly text: string };
}
