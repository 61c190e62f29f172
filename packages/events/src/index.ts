export type { EventEnvelope } from './envelope.js';
export type {
  BusCapabilities,
  Consumer,
  EventBus,
  EventHandler,
  PositionedEvent,
  Tail,
} from './event-bus.js';
