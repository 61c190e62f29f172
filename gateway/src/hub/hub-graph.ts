import { randomUUID } from 'node:crypto';
import type { PluginGraphRequest } from '@deskgraph/plugin-host';
import { DeskgraphError, type ErrorCode, errorCatalogue, type GraphResult } from '@deskgraph/plugin-sdk';
import type { ClientError } from '../execution/executable-operation.js';
import type { GatewayCore } from '../gateway-core.js';

/** The unified graph as the hub's plugins ask it: they are there before the gateway is. */
export class HubGraph {
  #core: GatewayCore | null = null;

  /** From now on there is a graph. */
  open(core: GatewayCore): void {
    this.#core = core;
  }

  /**
   * Runs a plugin's query or mutation as that plugin.
   * @throws DeskgraphError PLUGIN_UNAVAILABLE before `open`; the code of a refused operation; BAD_REQUEST for a
   *   subscription
   */
  async ask({ document, variables, principal, signal }: PluginGraphRequest): Promise<GraphResult> {
    if (this.#core === null) throw new DeskgraphError('PLUGIN_UNAVAILABLE', 'The graph is not there yet.');
    const caller = { principal, requestId: `${principal.id}-${randomUUID()}`, signal };
    const outcome = await this.#core.run({ query: document, variables }, caller);
    switch (outcome.kind) {
      case 'refused':
        throw refusal(outcome.errors[0]);
      case 'stream':
        await outcome.results.return?.();
        throw new DeskgraphError('BAD_REQUEST', 'A plugin cannot subscribe; consume the events instead.');
      case 'result': {
        const { data, errors } = outcome.result;
        const parsed = JSON.parse(data) as GraphResult['data'];
        return errors === undefined ? { data: parsed } : { data: parsed, errors };
      }
    }
  }
}

function refusal(error: ClientError | undefined): DeskgraphError {
  const code = error?.extensions.code ?? 'INTERNAL_ERROR';
  const known = Object.hasOwn(errorCatalogue, code) ? (code as ErrorCode) : 'BAD_REQUEST';
  return new DeskgraphError(known, error?.message ?? 'The operation was refused without a reason.');
}
