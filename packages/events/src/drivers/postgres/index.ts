export { migrateEvents } from './event-schema.js';
export { type InboxKey, takesEffect } from './inbox.js';
export { PostgresBus, type PostgresBusOptions } from './postgres-bus.js';
export { RelayedOutbox, type RelayedOutboxOptions } from './relayed-outbox.js';
