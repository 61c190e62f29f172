export type { JetStreamOptions } from './jetstream-connection.js';
export { NatsBus, type NatsBusOptions } from './nats-bus.js';
