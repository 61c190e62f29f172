import { createDatabase } from '@deskgraph/postgres';
import type { Sent } from './audience.js';

/** The messages of a run as the hubs' database has them. */
export async function sentMessages(databaseUrl: string): Promise<Sent> {
  await using database = createDatabase({ url: databaseUrl, schema: 'plugin_chat' });
  const rows = await database.query<{ conversation_id: string; client_message_id: string }>(
    `select conversation_id, client_message_id from message where client_message_id like 'chaos-%' order by sequence`,
  );
  const sent = new Map<string, string[]>();
  for (const { conversation_id, client_message_id } of rows) {
    sent.set(conversation_id, [...(sent.get(conversation_id) ?? []), client_message_id]);
  }
  return sent;
}
