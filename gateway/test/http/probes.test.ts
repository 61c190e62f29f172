import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import type { ReadinessReport } from '../../src/http/probes.js';
import { SocketClient } from './rig/socket-client.js';
import { startRig } from './rig/start-rig.js';

describe('probes and metrics', () => {
  it('is alive while not ready, and says what it waits for', async () => {
    let report: ReadinessReport = {
      ready: false,
      reasons: ['Plugin chat is starting.'],
      plugins: [{ id: 'chat', phase: 'starting' }],
    };
    await using rig = await startRig({ readiness: () => report });
    const live = await fetch(`${rig.url}/livez`);
    assert.equal(live.status, 200);
    await live.body?.cancel();
    const waiting = await fetch(`${rig.url}/readyz`);
    assert.equal(waiting.status, 503);
    assert.deepEqual(await waiting.json(), report);
    report = { ready: true, reasons: [] };
    const ready = await fetch(`${rig.url}/readyz`);
    assert.equal(ready.status, 200);
    assert.deepEqual(await ready.json(), report);
  });

  it('answers HEAD, refuses POST, and knows what is not there', async () => {
    await using rig = await startRig({ ide: false });
    const status = async (path: string, method = 'GET') => {
      const response = await fetch(`${rig.url}${path}`, { method });
      await response.body?.cancel();
      return response.status;
    };
    assert.equal(await status('/readyz', 'HEAD'), 200);
    assert.equal(await status('/metrics', 'POST'), 405);
    assert.equal(await status('/nothing'), 404);
    assert.equal(await status('/'), 404);
  });

  it('counts operations by transport, kind and outcome, and what is open now', async () => {
    await using rig = await startRig();
    for (const query of ['{ hello }', '{ hello failing }', '{ nothing }']) {
      const response = await fetch(`${rig.url}/graphql?query=${encodeURIComponent(query)}`);
      await response.body?.cancel();
    }
    const total = (transport: string, kind: string, code: string) =>
      rig.metric(`deskgraph_operations_total{transport="${transport}",kind="${kind}",code="${code}"}`);
    assert.equal(await total('http', 'query', 'OK'), 1);
    assert.equal(await total('http', 'query', 'PARTIAL'), 1);
    assert.equal(await total('http', 'query', 'GRAPHQL_VALIDATION_FAILED'), 1);
    assert.equal(
      await rig.metric('deskgraph_operation_duration_seconds_count{transport="http",kind="query"}'),
      3,
    );
    assert.equal(await rig.metric('deskgraph_operations_in_flight{transport="http"}'), 0);

    await using client = await SocketClient.ready(rig.url);
    client.subscribe('1', 'subscription { published }');
    await once(rig.events, 'stream');
    rig.events.emit('publish', 'x');
    await client.next();
    assert.equal(await rig.metric('deskgraph_subscriptions_open{transport="websocket"}'), 1);
    assert.equal(await rig.metric('deskgraph_subscription_messages_total{transport="websocket"}'), 1);
    client.send({ id: '1', type: 'complete' });
    await client.settled();
    assert.equal(await rig.metric('deskgraph_subscriptions_open{transport="websocket"}'), 0);
    assert.equal(await total('websocket', 'subscription', 'ABORTED'), 1);
    assert.equal(await rig.metric('deskgraph_operations_in_flight{transport="websocket"}'), 0);
  });

  it('shows how the process is', async () => {
    await using rig = await startRig();
    const response = await fetch(`${rig.url}/metrics`);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    for (const name of ['nodejs_eventloop_lag_p99_seconds', 'process_resident_memory_bytes']) {
      assert.match(text, new RegExp(`^${name} `, 'm'));
    }
  });

  it('shares nothing between two gateways of one process', async () => {
    await using one = await startRig();
    await using other = await startRig();
    const response = await fetch(`${one.url}/graphql?query={hello}`);
    await response.body?.cancel();
    const line = 'deskgraph_operations_total{transport="http",kind="query",code="OK"}';
    assert.deepEqual([await one.metric(line), await other.metric(line)], [1, 0]);
  });
});
