import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type Rig, startRig } from './rig/start-rig.js';

const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';

describe('hostile HTTP, on the wire', () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig({ limits: { maxBodyBytes: 1000, requestDeadlineMs: 200 } });
  });
  after(() => rig[Symbol.asyncDispose]());

  const open = async (): Promise<Socket> => {
    const socket = connect(rig.port, '127.0.0.1');
    await once(socket, 'connect');
    return socket.setEncoding('utf8').on('error', () => undefined);
  };

  /** What the server says until it closes, or until the text has this in it. */
  const hear = async (socket: Socket, until?: RegExp): Promise<string> => {
    let heard = '';
    for await (const chunk of socket) {
      heard += chunk;
      if (until?.test(heard)) break;
    }
    socket.destroy();
    return heard;
  };

  const proveOthersAreServed = async () => {
    const response = await fetch(`${rig.url}/graphql?query={hello}`);
    assert.deepEqual(await response.json(), { data: { hello: 'Hello, world!' } });
  };

  it('refuses a body that announces too much before a byte of it has come', async () => {
    const socket = await open();
    socket.write(`${head}content-length: 1001\r\n\r\n`);
    const heard = await hear(socket, /BODY_TOO_LARGE/);
    assert.match(heard, /^HTTP\/1\.1 413 /);
    await proveOthersAreServed();
  });

  it('refuses a chunked body as soon as it is too long, without parsing it', async () => {
    const socket = await open();
    socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
    socket.write(`3e9\r\n${'{'.repeat(1001)}\r\n`);
    const heard = await hear(socket, /BODY_TOO_LARGE/);
    assert.match(heard, /^HTTP\/1\.1 413 /);
    await proveOthersAreServed();
  });

  it('lets a client that sends far too much read the refusal, on a connection it can go on using', async () => {
    const body = JSON.stringify({ query: 'x'.repeat(4_000_000) });
    for (let attempt = 0; attempt < 3; attempt++) {
      const response = await fetch(`${rig.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      assert.equal(response.status, 413);
      await response.body?.cancel();
    }
    await proveOthersAreServed();
  });

  it('accepts a body of exactly the limit', async () => {
    const start = '{"query":"{ hello }","extensions":{"x":"';
    const body = `${start}${'y'.repeat(1000 - start.length - 3)}"}}`;
    assert.equal(body.length, 1000);
    const response = await fetch(`${rig.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    assert.equal(response.status, 200);
    await response.body?.cancel();
  });

  it('gives up on a body that stops coming, with 408', async () => {
    const socket = await open();
    socket.write(`${head}content-length: 20\r\n\r\n{"query"`);
    const heard = await hear(socket);
    assert.match(heard, /^HTTP\/1\.1 408 /);
    assert.match(heard, /REQUEST_TIMEOUT/);
    await proveOthersAreServed();
  });

  it('gives up on headers that stop coming, with 408', async () => {
    const socket = await open();
    socket.write('POST /graphql HTTP/1.1\r\nhost: x\r\nx-slow:');
    assert.match(await hear(socket), /^HTTP\/1\.1 408 /);
  });

  it('forgets a request whose body breaks off', async () => {
    const line = 'deskgraph_operations_total{transport="http",kind="unknown",code="ABORTED"}';
    const socket = await open();
    socket.write(`${head}content-length: 20\r\n\r\n{"query"`);
    socket.destroy();
    while ((await rig.metric(line)) === 0) await proveOthersAreServed();
  });

  it('refuses a flood of headers with 431', async () => {
    const socket = await open();
    socket.write(`GET /livez HTTP/1.1\r\nhost: x\r\n${`x-flood: ${'y'.repeat(100)}\r\n`.repeat(300)}\r\n`);
    assert.match(await hear(socket), /^HTTP\/1\.1 431 /);
    await proveOthersAreServed();
  });

  it('refuses what is not HTTP with 400 and a code', async () => {
    const socket = await open();
    socket.write('hello there\r\n\r\n');
    const heard = await hear(socket);
    assert.match(heard, /^HTTP\/1\.1 400 /);
    assert.match(heard, /"code":"BAD_REQUEST"/);
    await proveOthersAreServed();
  });

  it('refuses a body that is not UTF-8', async () => {
    const response = await fetch(`${rig.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.concat([Buffer.from('{"query":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
    });
    assert.equal(response.status, 400);
    assert.match(await response.text(), /not UTF-8/);
  });

  it('takes no prototype from a body', async () => {
    const response = await fetch(`${rig.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"__proto__":{"query":"{ hello }"},"constructor":{"prototype":{"query":"x"}}}',
    });
    assert.equal(response.status, 400);
    assert.equal('query' in {}, false);
    await response.body?.cancel();
  });
});
