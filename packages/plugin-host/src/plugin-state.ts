import type { DeskgraphError } from '@deskgraph/plugin-sdk';

/** Where in its life a plugin is; every step is logged and counted. */
export type PluginState =
  | { readonly name: 'discovered' }
  | { readonly name: 'validated' }
  | { readonly name: 'composed' }
  | { readonly name: 'starting' }
  | { readonly name: 'ready' }
  | { readonly name: 'degraded'; readonly reason: string }
  | { readonly name: 'draining' }
  | { readonly name: 'stopped' }
  | FailedState;

/** The plugin does not serve. */
export interface FailedState {
  readonly name: 'failed';
  /** The step that failed. */
  readonly phase: 'discover' | 'validate' | 'compose' | 'migrate' | 'start';
  readonly error: DeskgraphError;
  /** When the host tries again; null when only the operator can help. */
  readonly retryAt: Date | null;
}

/** A line of `/readyz` and of the start report. */
export interface PluginStatus {
  readonly id: string;
  readonly version: string;
  readonly failure: 'required' | 'optional';
  readonly state: PluginState;
}
