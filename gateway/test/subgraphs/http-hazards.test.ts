import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { SubgraphResponse } from '../../src/subgraphs/transport.js';
import { callContext, connect, variables } from './calls.js';
import { type Answer, sendJson, startSubgraphServer } from './subgraph-server.js';

function raw(status: number, body: string | Buffer, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(status, headers).end(body);
}

function cutOff(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"data":{"prod', () => response.destroy());
}

function assertFailure(response: SubgraphResponse, code: string, message: RegExp): void {
  assert.equal(response.data, undefined);
  assert.equal(response.errors?.length, 1);
  const [error] = response.errors;
  assert.deepEqual(error?.extensions, { code, serviceName: 'products' });
  assert.match(error?.message ?? '', /^Subgraph "products": /);
  assert.match(error?.message ?? '', message);
}

const lamp = { data: { product: { name: 'Lamp' } } };

describe('an answer that is no GraphQL response', () => {
  const page = `<html><body>${'Bad gateway. '.repeat(20)}</body></html>`;
  const answers: [what: string, answer: Answer, found: RegExp][] = [
    ['a page of HTML', raw(200, page), /HTTP 200 .*<html><body>Bad gateway\. [^<]{0,80}$/],
    ['a page of HTML with a 502', raw(502, page), /HTTP 502 and no GraphQL response, but: <html>/],
    ['nothing', raw(200, ''), /HTTP 200 and no GraphQL response, but: nothing/],
    ['nothing with a 204', raw(204, ''), /HTTP 204 .*nothing/],
    ['a redirection', raw(302, '', { location: 'http://127.0.0.1:1/' }), /HTTP 302 .*nothing/],
    ['half of its JSON', raw(200, '{"data":{"product":'), /but: \{"data":\{"product":$/],
    ['a body that breaks off', cutOff, /broke off after the headers/],
    ['a string', raw(200, '"data"'), /but: "data"/],
    ['null', raw(200, 'null'), /but: null/],
    ['a list', raw(200, '[{"data":{}}]'), /but: \[/],
    ['neither data nor errors', raw(200, '{"message":"no"}'), /but: \{"message":"no"\}/],
    ['data that is a list', raw(200, '{"data":[]}'), /but: \{"data":\[\]\}/],
    ['data that is a number', raw(200, '{"data":7}'), /but: \{"data":7\}/],
    ['an empty list of errors and no data', raw(200, '{"errors":[]}'), /but: \{"errors":\[\]\}/],
    [
      'compressed, though that was not accepted',
      raw(200, gzipSync(JSON.stringify(lamp)), { 'content-encoding': 'gzip' }),
      /HTTP 200 encoded as gzip/,
    ],
  ];
  for (const [what, answer, found] of answers) {
    it(`is an error that names the subgraph and what was found: ${what}`, async (test) => {
      const server = await startSubgraphServer(test, answer);
      const { query, observer } = connect(test, server.url);
      const response = await query.send(variables(), callContext());
      assertFailure(response, 'SUBGRAPH_MALFORMED_RESPONSE', found);
      assert.deepEqual(observer.outcomes, ['products SUBGRAPH_MALFORMED_RESPONSE']);
    });
  }

  it('may have errors in any form: they are put into the right one', async (test) => {
    const errors = ['text', { message: 7 }, { message: 'm', path: [{}], extensions: 'no' }, null];
    const server = await startSubgraphServer(test, (response) => sendJson(response, { errors }));
    const { query } = connect(test, server.url);
    assert.deepEqual(await query.send(variables(), callContext()), {
      data: null,
      errors: [{ message: 'text' }, { message: '{"message":7}' }, { message: 'm' }, { message: 'null' }],
    });
  });

  it('is cut off at the limit, and the connection with it', async (test) => {
    const closed: Promise<unknown>[] = [];
    const server = await startSubgraphServer(test, (response) => {
      closed.push(new Promise((resolve) => response.on('close', resolve)));
      response.writeHead(200);
      const flood = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        response.once('drain', flood);
      };
      flood();
    });
    const { query, observer } = connect(test, server.url, { maxResponseBytes: 100_000 });
    for (let call = 0; call < 20; call++) {
      const response = await query.send(variables({ call }), callContext());
      assertFailure(response, 'SUBGRAPH_MALFORMED_RESPONSE', /more than 100000 bytes/);
    }
    await Promise.all(closed);
    assert.deepEqual(observer.states, [], "one client's greed must not pause the subgraph for the others");
  });
});

describe('a subgraph that does not answer', () => {
  it('fails the call at its deadline', async (test) => {
    const server = await startSubgraphServer(test, () => {});
    const { query } = connect(test, server.url, { timeoutMs: 50 });
    const response = await query.send(variables(), callContext());
    assertFailure(response, 'SUBGRAPH_TIMEOUT', /did not answer within 50 ms/);
  });

  it('cannot stretch the deadline by sending byte after byte', async (test) => {
    const server = await startSubgraphServer(test, (response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(drip));
    });
    const { query } = connect(test, server.url, { timeoutMs: 100 });
    const response = await query.send(variables(), callContext());
    assertFailure(response, 'SUBGRAPH_TIMEOUT', /did not answer within 100 ms/);
  });

  it('cannot stretch the deadline of those who wait for a connection or a turn', async (test) => {
    const server = await startSubgraphServer(test, () => {});
    const options = { timeoutMs: 50, maxConnections: 1, maxInFlight: 2 };
    const { query } = connect(test, server.url, options);
    const calls = [1, 2, 3, 4].map((id) => query.send(variables({ id }), callContext()));
    for (const response of await Promise.all(calls)) {
      assertFailure(response, 'SUBGRAPH_TIMEOUT', /did not answer within 50 ms/);
    }
    assert.ok(server.requests.length < 4, 'some never had their turn');
  });

  it('takes no more calls than may wait', async (test) => {
    const server = await startSubgraphServer(test, () => {});
    const { query, observer } = connect(test, server.url, { timeoutMs: 50, maxInFlight: 2 });
    const calls = [1, 2, 3, 4].map((id) => query.send(variables({ id }), callContext()));
    const refused = await query.send(variables({ id: 5 }), callContext());
    assertFailure(refused, 'SUBGRAPH_OVERLOADED', /2 calls are in flight and as many wait/);
    await Promise.all(calls);
    assert.deepEqual(observer.states, [], 'a refusal is no failure of the subgraph');
  });

  it('is unreachable when nobody listens', async (test) => {
    const server = await startSubgraphServer(test, () => {});
    await server.close();
    const { query, mutation } = connect(test, server.url);
    for (const fetch of [query, mutation]) {
      const response = await fetch.send(variables(), callContext());
      assertFailure(response, 'SUBGRAPH_UNREACHABLE', /cannot be reached \(.*ECONNREFUSED/);
    }
  });

  it('is unreachable when it speaks no HTTP', async (test) => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    test.after(() => server.close());
    const { query } = connect(test, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const response = await query.send(variables(), callContext());
    assertFailure(response, 'SUBGRAPH_UNREACHABLE', /cannot be reached/);
  });

  it('is not blamed for a request id that no header can carry', async (test) => {
    const server = await startSubgraphServer(test, (response) => sendJson(response, lamp));
    const { query, observer } = connect(test, server.url);
    for (let call = 0; call < 20; call++) {
      const response = await query.send(variables({ call }), callContext({ requestId: 'a\r\nb: c' }));
      assertFailure(response, 'SUBGRAPH_UNREACHABLE', /the request cannot be sent: .*x-request-id/);
    }
    assert.equal(server.requests.length, 0);
    assert.deepEqual(observer.states, []);
  });
});

describe('a connection that is reset before an answer', () => {
  const resetFirst: Answer = (response, _, index) =>
    index === 0 ? response.destroy() : sendJson(response, lamp);

  it('is tried once more for a query', async (test) => {
    const server = await startSubgraphServer(test, resetFirst);
    const { query } = connect(test, server.url);
    assert.deepEqual(await query.send(variables(), callContext()), lamp);
    assert.equal(server.requests.length, 2);
  });

  it('is tried only once more', async (test) => {
    const server = await startSubgraphServer(test, (response) => response.destroy());
    const { query } = connect(test, server.url);
    const response = await query.send(variables(), callContext());
    assertFailure(response, 'SUBGRAPH_UNREACHABLE', /cannot be reached/);
    assert.equal(server.requests.length, 2);
  });

  it('is never tried again for a mutation', async (test) => {
    const server = await startSubgraphServer(test, resetFirst);
    const { mutation } = connect(test, server.url);
    const response = await mutation.send(variables(), callContext());
    assertFailure(response, 'SUBGRAPH_UNREACHABLE', /cannot be reached/);
    assert.equal(server.requests.length, 1);
  });

  it('is not tried again after the first byte', async (test) => {
    const server = await startSubgraphServer(test, cutOff);
    const { query } = connect(test, server.url);
    await query.send(variables(), callContext());
    assert.equal(server.requests.length, 1);
  });
});

describe('a subgraph that keeps failing', () => {
  it('is given a pause, tried with one call, and taken back', async (test) => {
    let healthy = false;
    const server = await startSubgraphServer(test, (response) =>
      healthy ? sendJson(response, lamp) : response.writeHead(503).end(),
    );
    const { query, observer } = connect(test, server.url, { breakMs: 1 });
    for (let id = 0; observer.states.length === 0 && id < 100; id++) {
      await query.send(variables({ id }), callContext());
    }
    assert.deepEqual(observer.states, ['products open']);
    healthy = true;
    let response: SubgraphResponse;
    do response = await query.send(variables(), callContext());
    while (response.errors?.[0]?.extensions?.code === 'SUBGRAPH_CIRCUIT_OPEN');
    assert.deepEqual(response, lamp);
    assert.deepEqual(observer.states, ['products open', 'products half-open', 'products closed']);
  });

  it('is not called during the pause', async (test) => {
    const server = await startSubgraphServer(test, (response) => response.writeHead(500).end());
    const { query, observer } = connect(test, server.url, { breakMs: 60_000 });
    for (let id = 0; observer.states.length === 0 && id < 100; id++) {
      await query.send(variables({ id }), callContext());
    }
    const { length } = server.requests;
    const response = await query.send(variables(), callContext());
    assertFailure(response, 'SUBGRAPH_CIRCUIT_OPEN', /failed repeatedly; calls are paused for 60000 ms/);
    assert.equal(server.requests.length, length);
  });

  it('is not paused for errors in GraphQL, nor for clients that leave', async (test) => {
    const server = await startSubgraphServer(test, (response, { body }) => {
      if (!body.includes('"wait"')) sendJson(response, { errors: [{ message: 'no' }] }, 400);
    });
    const { query, observer } = connect(test, server.url);
    for (let id = 0; id < 30; id++) {
      await query.send(variables({ id }), callContext());
      const leaver = new AbortController();
      const left = query.send(variables({ id, wait: true }), callContext({ signal: leaver.signal }));
      leaver.abort();
      await left;
    }
    assert.deepEqual(observer.states, []);
  });
});
