import type { OutgoingEvent } from './event-publisher.js';

/**
 * Events of a plugin. `deskgraph plugin types` writes a `PluginEvents` of this form from the manifest and the JSON
 * Schemas that it names. As it stands here it is any events at all, which is what the host works with.
 */
export interface DeclaredEvents {
  /** What is under `events.publishes` in the manifest. */
  readonly publishes: OutgoingEvent;
  /** What is under `events.consumes` in the manifest: data by type. */
  readonly consumes: Readonly<Record<string, unknown>>;
}

/** The events of a plugin without any: nothing that it would publish or handle compiles. */
export interface NoEvents {
  readonly publishes: never;
  readonly consumes: never;
}
