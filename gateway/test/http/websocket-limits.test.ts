import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { type Message, SocketClient } from './rig/socket-client.js';
import { startRig } from './rig/start-rig.js';

describe('WebSocket limits', () => {
  it('closes a client that does not read with 1013, lets its sources go, and serves the others', async () => {
    await using rig = await startRig({ limits: { maxBufferedBytes: 64 * 1024 } });
    await using slow = await SocketClient.ready(rig.url);
    await using quick = await SocketClient.ready(rig.url);
    for (const client of [slow, quick]) {
      client.subscribe('1', 'subscription { published }');
      await once(rig.events, 'stream');
    }
    slow.subscribe('2', 'subscription { published }');
    await once(rig.events, 'stream');
    slow.socket.pause();
    let gone = 0;
    rig.events.on('unsubscribed', () => gone++);
    const large = 'x'.repeat(256 * 1024);
    let published = 0;
    // As much as the kernel takes for the client, plus the buffer.
    while (gone < 2) {
      rig.events.emit('publish', large);
      published++;
      const { payload } = await quick.next();
      assert.deepEqual(payload, { data: { published: large } });
      assert.ok(published < 500, 'the slow client was never closed');
    }
    slow.socket.resume();
    assert.deepEqual(await slow.closed, { code: 1013, reason: 'Slow consumer' });
    assert.equal(await rig.metric('deskgraph_slow_consumers_total{transport="websocket"}'), 1);
    assert.equal(await rig.metric('deskgraph_subscriptions_open{transport="websocket"}'), 1);
    const aborted =
      'deskgraph_operations_total{transport="websocket",kind="subscription",code="SLOW_CONSUMER"}';
    assert.equal(await rig.metric(aborted), 2);
  });

  it('closes with 1009 for a message over the limit', async () => {
    await using rig = await startRig({ limits: { maxMessageBytes: 1000 } });
    await using client = await SocketClient.ready(rig.url);
    client.subscribe('1', `{ hello(name: "${'x'.repeat(1000)}") }`);
    assert.equal((await client.closed).code, 1009);
  });

  it('refuses operations over the limit with a code, and takes more when some have ended', async () => {
    await using rig = await startRig({ limits: { maxOperationsPerSocket: 2 } });
    await using client = await SocketClient.ready(rig.url);
    for (const id of ['1', '2']) {
      client.subscribe(id, 'subscription { published }');
      await once(rig.events, 'stream');
    }
    client.subscribe('3', '{ hello }');
    const { type, id, payload } = await client.next();
    assert.deepEqual([type, id], ['error', '3']);
    assert.equal((payload as [{ extensions: Message }])[0].extensions.code, 'TOO_MANY_OPERATIONS');
    client.send({ id: '1', type: 'complete' });
    client.subscribe('3', '{ hello }');
    assert.equal((await client.next()).type, 'next');
  });

  it('drops a client that answers no ping, and keeps one that does', async () => {
    await using rig = await startRig({ limits: { keepAliveMs: 30 } });
    await using silent = await SocketClient.connect(rig.url);
    await using alive = await SocketClient.ready(rig.url);
    let pings = 0;
    alive.socket.on('ping', () => pings++);
    silent.socket.pong = () => undefined;
    (silent.socket as unknown as { _autoPong: boolean })._autoPong = false;
    assert.equal((await silent.closed).code, 1006);
    assert.ok(pings >= 1);
    await alive.settled();
  });

  it('survives a flood of messages from a client that does not read the answers', async () => {
    await using rig = await startRig({ limits: { maxBufferedBytes: 16 * 1024 } });
    await using flooding = await SocketClient.ready(rig.url);
    await using other = await SocketClient.ready(rig.url);
    flooding.socket.pause();
    const padding = 'x'.repeat(32 * 1024);
    const flood = setInterval(() => {
      for (let count = 0; count < 20; count++) flooding.send({ type: 'ping', payload: { padding } });
    }, 1);
    try {
      for (let dropped = 0; dropped === 0; ) {
        await other.settled();
        dropped = await rig.metric('deskgraph_slow_consumers_total{transport="websocket"}');
      }
    } finally {
      clearInterval(flood);
    }
    await other.settled();
  });

  it('survives frames that are not WebSocket frames', async () => {
    await using rig = await startRig();
    await using other = await SocketClient.ready(rig.url);
    await using broken = await SocketClient.ready(rig.url);
    (broken.socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(
      Buffer.alloc(64, 0xff),
    );
    assert.equal((await broken.closed).code, 1002);
    await other.settled();
  });

  it('opens no WebSocket elsewhere', async () => {
    await using rig = await startRig();
    const socket = connect(rig.port, '127.0.0.1');
    socket.write(
      'GET /elsewhere HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
        'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    const [answer] = await once(socket, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 404 /);
    socket.destroy();
  });
});
