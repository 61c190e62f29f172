import type { RequestContext } from '@deskgraph/plugin-sdk';
import DataLoader from 'dataloader';
import type { ConversationReader } from './store/conversation-reader.js';
import type { ConversationRow, MessageRow, ParticipantRow } from './store/rows.js';
import { viewerOf } from './viewer.js';

/** One statement for everything of a kind that one call into the plugin needs. */
export interface Loaders {
  readonly conversation: DataLoader<string, ConversationRow | null>;
  readonly message: DataLoader<string, MessageRow | null>;
  readonly participant: DataLoader<string, ParticipantRow | null>;
  readonly participantsOf: DataLoader<string, readonly ParticipantRow[]>;
  readonly lastMessageOf: DataLoader<string, MessageRow | null>;
  readonly unreadOf: DataLoader<string, number>;
}

/** Gives each request its own loaders, limited to what its caller may see. */
export function loadersFor(reader: ConversationReader): (context: RequestContext) => Loaders {
  const create = (context: RequestContext): Loaders => {
    const viewer = viewerOf(context, 'chat:read');
    return {
      conversation: one(
        (ids) => reader.conversations(viewer, ids),
        ({ id }) => id,
      ),
      message: one(
        (ids) => reader.messagesByIds(viewer, ids),
        ({ id }) => id,
      ),
      participant: one(
        (ids) => reader.participants(ids),
        ({ id }) => id,
      ),
      lastMessageOf: one(
        (ids) => reader.lastMessages(viewer, ids),
        ({ conversation_id }) => conversation_id,
      ),
      participantsOf: new DataLoader(async (ids) => {
        const rows = await reader.participantsOf(ids);
        return ids.map((id) => rows.filter(({ conversation_id }) => conversation_id === id));
      }),
      unreadOf: new DataLoader(async (ids) => {
        const counts = new Map(
          (await reader.unreadCounts(viewer, ids)).map(({ id, unread }) => [id, unread]),
        );
        return ids.map((id) => counts.get(id) ?? 0);
      }),
    };
  };
  return (context) => context.scoped(create);
}

function one<Value>(
  load: (keys: readonly string[]) => Promise<Value[]>,
  keyOf: (row: Value) => string,
): DataLoader<string, Value | null> {
  return new DataLoader(async (keys) => {
    const rows = new Map((await load(keys)).map((row) => [keyOf(row), row]));
    return keys.map((key) => rows.get(key) ?? null);
  });
}
