import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { createHttpServer } from '../../src/http/create-http-server.js';
import { Metrics } from '../../src/metrics/metrics.js';
import { graphqlJsCore } from './rig/graphql-js-core.js';
import { rigSchema } from './rig/rig-schema.js';
import { SocketClient } from './rig/socket-client.js';
import { startRig } from './rig/start-rig.js';

const held = '/graphql?query={held}';

describe('shutdown', () => {
  it('answers the request in flight, accepts no more, and closes kept-alive connections', async () => {
    await using rig = await startRig();
    const agent = new Agent({ keepAlive: true });
    const running = once(rig.events, 'run');
    const request = get(`${rig.url}${held}`, { agent });
    await running;
    const stopped = rig.server.stop();
    await assert.rejects(fetch(`${rig.url}/livez`));
    rig.events.emit('release');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    assert.equal(response.headers.connection, 'close');
    assert.equal(String(await response.toArray()), '{"data":{"held":"released"}}');
    await stopped;
    agent.destroy();
  });

  it('waits for no connection that asks nothing', async () => {
    await using rig = await startRig();
    const idle = connect(rig.port, '127.0.0.1');
    await once(idle, 'connect');
    const used = connect(rig.port, '127.0.0.1');
    used.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(used, 'data');
    const closed = Promise.all([once(idle, 'close'), once(used, 'close')]);
    idle.resume();
    used.resume();
    await rig.server.stop();
    await closed;
  });

  it('cuts what does not finish in time', async () => {
    await using rig = await startRig({ limits: { drainMs: 50 } });
    const running = once(rig.events, 'run');
    const request = get(`${rig.url}${held}`);
    const failed = once(request, 'error');
    await running;
    await using client = await SocketClient.ready(rig.url);
    client.subscribe('1', '{ held }');
    await once(rig.events, 'run');
    await rig.server.stop();
    assert.equal(((await failed) as [NodeJS.ErrnoException])[0].code, 'ECONNRESET');
    assert.equal((await client.closed).code, 1006);
  });

  it('closes WebSockets with 1001 and lets their sources go', async () => {
    await using rig = await startRig();
    await using client = await SocketClient.ready(rig.url);
    client.subscribe('1', 'subscription { published }');
    await once(rig.events, 'stream');
    const gone = once(rig.events, 'unsubscribed');
    await rig.server.stop();
    await gone;
    const { code, reason } = await client.closed;
    assert.equal(code, 1001);
    const afterMs = Number(/^reconnect-after-ms=(\d+)$/.exec(reason)?.[1]);
    assert.ok(afterMs >= 200 && afterMs <= 5_000, reason);
  });

  it('closes a WebSocket only when its mutation is answered', async () => {
    await using rig = await startRig();
    await using client = await SocketClient.ready(rig.url);
    client.subscribe('1', '{ held }');
    await once(rig.events, 'run');
    const stopped = rig.server.stop();
    await client.settled();
    rig.events.emit('release');
    assert.deepEqual(await client.next(), { id: '1', type: 'next', payload: { data: { held: 'released' } } });
    assert.equal((await client.closed).code, 1001);
    await stopped;
  });

  it('completes no stream, also not one beside a mutation that is waited for, so that clients resume it', async () => {
    await using rig = await startRig();
    await using client = await SocketClient.ready(rig.url);
    client.subscribe('stream', 'subscription { published }');
    await once(rig.events, 'stream');
    client.subscribe('held', '{ held }');
    await once(rig.events, 'run');
    const stopped = rig.server.stop();
    await client.settled();
    rig.events.emit('release');
    assert.equal((await client.closed).code, 1001);
    await stopped;
    assert.deepEqual(
      client.untaken.map(({ id, type }) => `${id}: ${type}`),
      ['held: next', 'held: complete'],
    );
  });

  it('ends event streams without complete, so that clients subscribe again', async () => {
    await using rig = await startRig();
    const response = await fetch(`${rig.url}/graphql?query=subscription{published}`, {
      headers: { accept: 'text/event-stream' },
    });
    const text = response.text();
    await rig.server.stop();
    assert.match(await text, /^:\n\nretry: \d{3,4}\n\n$/);
  });

  it('can be asked for twice, and after a start that failed', async () => {
    await using rig = await startRig();
    const second = createHttpServer({
      core: graphqlJsCore(rigSchema(rig.events), rig.events),
      authenticator: rig.authenticator,
      metrics: new Metrics(),
      readiness: () => ({ ready: true, reasons: [] }),
      log: { debug() {}, info() {}, warn() {}, error() {} },
    });
    await assert.rejects(
      second.listen(rig.port, '127.0.0.1'),
      (error: unknown) =>
        isDeskgraphError(error, 'CONFIG_INVALID') && /listens there already/.test(error.message),
    );
    await second.stop();
    await Promise.all([rig.server.stop(), rig.server.stop()]);
  });
});
