import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MemoryBus } from '@deskgraph/events';
import { type DeskgraphError, isDeskgraphError, type Principal } from '@deskgraph/plugin-sdk';
import { wireGateway } from '../../src/composition-root.js';
import { HubGraph } from '../../src/hub/hub-graph.js';
import { anonymousOnly } from '../../src/identity/anonymous-only.js';
import { createLogger } from '../../src/logging.js';
import { Metrics } from '../../src/metrics/metrics.js';
import { PlannerFleet } from '../../src/operations/planner-fleet.js';
import { HttpTransport } from '../../src/subgraphs/http-transport.js';
import { composeSubgraphs } from '../../src/supergraph/composition/compose-subgraphs.js';
import { GenerationManager } from '../../src/supergraph/generation-manager.js';
import { tokens } from '../../src/tokens.js';

const principal: Principal = { id: 'plugin:asker', kind: 'service', displayName: 'Plugin asker', scopes: [] };
const request = (document: string) => ({
  document,
  variables: {},
  principal,
  signal: AbortSignal.timeout(10_000),
});
const refused = (code: DeskgraphError['code'], retryable: boolean) => (error: unknown) => {
  assert.ok(isDeskgraphError(error, code), String(error));
  return error.retryable === retryable;
};

describe('the graph as plugins ask it', () => {
  const log = createLogger({ write: () => {} });
  const fleet = new PlannerFleet({ size: 1, log });
  const graph = new HubGraph();
  let generations: GenerationManager;
  before(async () => {
    const sdl = composeSubgraphs([{ name: 'a', url: 'http://127.0.0.1:9/', sdl: 'type Query { a: Int }' }]);
    generations = await GenerationManager.start(sdl, {
      fleet,
      log,
      connect: (entry) => new HttpTransport(entry),
    });
  });
  after(async () => {
    await generations?.[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
  });

  it('is not there before the gateway is, which may pass', async () => {
    await assert.rejects(graph.ask(request('{ a }')), refused('PLUGIN_UNAVAILABLE', true));
    const parts = {
      log,
      metrics: new Metrics(),
      bus: new MemoryBus(),
      generations,
      ide: false,
      limits: {},
    } as const;
    const readiness = () => ({ ready: true, reasons: [] });
    const root = wireGateway({ ...parts, readiness, authenticator: anonymousOnly });
    graph.open(root.resolve(tokens.core));
  });

  it('gives what fields do wrong beside the data, as to any client', async () => {
    const { data, errors } = await graph.ask(request('{ a }'));
    assert.deepEqual(data, { a: null });
    assert.deepEqual(
      errors?.map(({ path, extensions }) => [path, extensions?.code]),
      [[['a'], 'SUBGRAPH_UNREACHABLE']],
    );
  });

  it('refuses what does not fit the schema, so that no retry is wasted on it', async () => {
    await assert.rejects(graph.ask(request('{ b }')), refused('GRAPHQL_VALIDATION_FAILED', false));
    await assert.rejects(graph.ask(request('{ a')), refused('GRAPHQL_PARSE_FAILED', false));
  });
});
