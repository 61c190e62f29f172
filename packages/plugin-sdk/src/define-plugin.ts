import type { DeclaredEvents, NoEvents } from './declared-events.js';
import type { Dependencies, DependencyValues } from './dependency.js';
import type { Health } from './health.js';
import type { Resolvers } from './resolvers.js';
import type { EventSubscribers } from './subscribers.js';

/** What `start` receives. Only what the manifest asked for and the operator granted is in `deps`. */
export interface StartContext<
  Config,
  Deps extends Dependencies = Dependencies,
  Events extends DeclaredEvents = NoEvents,
> {
  /** The plugin's configuration: validated against its `config.schema.json`, defaults filled in, frozen. */
  readonly config: Config;
  /** The capabilities named in the definition's `deps`, ready to use. */
  readonly deps: { readonly [Name in keyof Deps]: DependencyValues<Events>[Deps[Name]['id']] };
  /** Aborted when the plugin is told to stop, or when its start took too long. */
  readonly signal: AbortSignal;
  /** Registers something to undo at stop. Called last in, first out; each is bounded in time. */
  onStop(release: () => void | Promise<void>): void;
}

/** What a started plugin offers to the hub. */
export interface StartedPlugin<Events extends DeclaredEvents = NoEvents> {
  /** GraphQL resolvers for the SDL named in the manifest. */
  readonly resolvers: Resolvers;
  /** Handlers of events named under `events.consumes` in the manifest, by event type. */
  readonly subscribers?: EventSubscribers<Events>;
  /** Asked every few seconds; a plugin without it is healthy while its calls succeed. */
  readonly health?: () => Health | Promise<Health>;
}

/** A plugin: the capabilities it needs and how it starts. Everything static is in its `plugin.json`. */
export interface PluginDefinition<
  Config = unknown,
  Deps extends Dependencies = Dependencies,
  Events extends DeclaredEvents = NoEvents,
> {
  /** Absent: needs nothing. */
  readonly deps?: Deps;
  start(context: StartContext<Config, Deps, Events>): StartedPlugin<Events> | Promise<StartedPlugin<Events>>;
}

/**
 * Declares a plugin; the default export of the module that the manifest's `entry` names. A plugin with events names its
 * `PluginEvents` last: it can then publish and handle those, and no others.
 *
 * @example
 * const deps = { log };
 * export default definePlugin<{ greeting: string }, typeof deps>({
 *   deps,
 *   start: ({ config }) => ({ resolvers: { Query: { hello: () => config.greeting } } }),
 * });
 */
export function definePlugin<
  Config,
  Deps extends Dependencies = Record<never, never>,
  Events extends DeclaredEvents = NoEvents,
>(definition: PluginDefinition<Config, Deps, Events>): PluginDefinition<Config, Deps, Events> {
  return definition;
}
