export { migrateEvents } from './event-schema.js';
export { type InboxKey, takesEffect } from './inbox.js';
export {
  type OutboxFilter,
  OutboxReader,
  type OutboxRecord,
  type OutboxStatistics,
} from './outbox-reader.js';
export { OutboxWriter } from './outbox-writer.js';
export { PostgresBus, type PostgresBusOptions } from './postgres-bus.js';
export { RelayedOutbox, type RelayedOutboxOptions } from './relayed-outbox.js';
