export { checkEnvelope, parseEnvelope } from './check-envelope.js';
export { createEvent, type EventInput } from './create-event.js';
export { MemoryBus } from './drivers/memory.js';
export type { EventEnvelope } from './envelope.js';
export type {
  BusCapabilities,
  Consumer,
  EventBus,
  EventHandler,
  PositionedEvent,
  Tail,
} from './event-bus.js';
