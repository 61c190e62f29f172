export { checkEnvelope, parseEnvelope } from './check-envelope.js';
export { createEvent, type EventInput } from './create-event.js';
export { DirectOutbox } from './drivers/direct-outbox.js';
export { MemoryBus } from './drivers/memory.js';
export type { EventEnvelope } from './envelope.js';
export type {
  BusAdministration,
  BusCapabilities,
  ConsumeOptions,
  Consumer,
  DeadLetter,
  EventBus,
  EventHandler,
  GroupState,
  HandlerContext,
  PositionedEvent,
  Tail,
} from './event-bus.js';
export type { Outbox } from './outbox.js';
export { partitionCount, partitionOf } from './partition.js';
export { formatPosition, type Position, parsePosition } from './position.js';
