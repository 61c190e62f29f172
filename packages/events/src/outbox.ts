import type { SqlRunner } from '@deskgraph/plugin-sdk';
import type { EventEnvelope } from './envelope.js';

/** Where facts are told of in the transaction that makes them (schema/EVENTS.md, section 3). */
export interface Outbox {
  /**
   * Writes events within the caller's transaction; they are published after its commit, in the order written. An
   * event whose source and id are there already is left out.
   * @returns how many were new
   * @throws DeskgraphError EVENT_INVALID when one of them is no CloudEvent or too large
   */
  append(tx: SqlRunner, events: readonly EventEnvelope[]): Promise<number>;
  /**
   * Stores events in a transaction of their own, and tells the relay.
   * @returns how many were new
   * @throws DeskgraphError EVENT_INVALID, DATABASE_UNAVAILABLE
   */
  store(events: readonly EventEnvelope[]): Promise<number>;
  /** To be called after the commit; never waits. What is forgotten is found by the relay's own look, within 500 ms. */
  committed(): void;
}
