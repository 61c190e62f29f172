import 'reflect-metadata';
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { MemoryBus } from '@deskgraph/events';
import { container } from 'tsyringe';
import { wireGateway } from '../src/composition-root.js';
import { anonymousOnly } from '../src/identity/anonymous-only.js';
import { createLogger } from '../src/logging.js';
import { Metrics } from '../src/metrics/metrics.js';
import { PlannerFleet } from '../src/operations/planner-fleet.js';
import { HttpTransport } from '../src/subgraphs/http-transport.js';
import { composeSubgraphs } from '../src/supergraph/composition/compose-subgraphs.js';
import { GenerationManager } from '../src/supergraph/generation-manager.js';
import { tokens } from '../src/tokens.js';

it('the wiring table resolves every token, each to one instance, and nothing in the global container', async () => {
  const log = createLogger({ write: () => {} });
  await using fleet = new PlannerFleet({ size: 1, log });
  const sdl = composeSubgraphs([{ name: 'a', url: 'http://127.0.0.1:9/', sdl: 'type Query { a: Int }' }]);
  await using generations = await GenerationManager.start(sdl, {
    fleet,
    log,
    connect: (entry) => new HttpTransport(entry),
  });
  const root = wireGateway({
    log,
    metrics: new Metrics(),
    bus: new MemoryBus(),
    generations,
    authenticator: anonymousOnly,
    readiness: () => ({ ready: true, reasons: [] }),
    ide: false,
    limits: {},
  });
  for (const [name, token] of Object.entries(tokens)) {
    const instance = root.resolve<object>(token as symbol);
    assert.equal(typeof instance, 'object', name);
    assert.equal(root.resolve<object>(token as symbol), instance, `${name} is made twice`);
    assert.equal(container.isRegistered(token as symbol), false, name);
  }
  root.resolve(tokens.subscriptions).close();
});
