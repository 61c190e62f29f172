import type { PluginHost, PluginState, PluginStatus } from '@deskgraph/plugin-host';
import type { Readiness } from '../http/probes.js';

/** Ready once every required plugin is; what is wrong with optional ones is told as well. */
export function hubReadiness(host: PluginHost): Readiness {
  return () => {
    const { statuses } = host;
    const waitingFor = statuses.filter(({ failure, state }) => failure === 'required' && !serves(state));
    return {
      ready: waitingFor.length === 0,
      reasons: statuses.flatMap(reason),
      plugins: statuses.map(({ id, state }) => ({ id, phase: state.name })),
    };
  };
}

function serves(state: PluginState): boolean {
  return state.name === 'ready' || state.name === 'degraded';
}

function reason({ id, failure, state }: PluginStatus): string[] {
  if (state.name === 'ready') return [];
  if (state.name === 'degraded') return [`${id} (${failure}) is degraded: ${state.reason}`];
  if (state.name !== 'failed') return [`${id} (${failure}) is ${state.name}`];
  const again = state.retryAt === null ? '' : ` It is tried again at ${state.retryAt.toISOString()}.`;
  return [`${id} (${failure}) failed to ${state.phase}: ${state.error.message}${again}`];
}
