import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { agent, callContext, connect, variables } from './calls.js';
import { sendJson, startSubgraphServer } from './subgraph-server.js';

const lamp = { data: { product: { name: 'Lamp' } } };

/** A subgraph whose answers wait until they are released. */
async function startHolding(test: TestContext) {
  const held: ServerResponse[] = [];
  const server = await startSubgraphServer(test, (response) => held.push(response));
  return { ...server, requests: server.requests, held };
}

describe('a request to a remote subgraph', () => {
  it('is a POST of query and variables with the request id, the trace and the static headers', async (test) => {
    const server = await startSubgraphServer(test, (response) => sendJson(response, lamp));
    const { query } = connect(test, `${server.url}?tenant=a`, { headers: { 'x-tenant': 'a' } });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const response = await query.send(variables({ id: 'ä"1' }), callContext({ traceparent }));
    assert.deepEqual(response, lamp);
    const [request] = server.requests;
    assert.equal(request?.method, 'POST');
    assert.equal(request?.url, '/graphql?tenant=a');
    assert.deepEqual(JSON.parse(request?.body ?? ''), {
      query: 'query($id: ID) { product(id: $id) { name } }',
      variables: { id: 'ä"1' },
    });
    assert.equal(request?.headers['content-type'], 'application/json');
    assert.equal(request?.headers.accept, 'application/graphql-response+json, application/json');
    assert.equal(request?.headers['accept-encoding'], 'identity');
    assert.equal(request?.headers['x-request-id'], 'request-1');
    assert.equal(request?.headers.traceparent, traceparent);
    assert.equal(request?.headers['x-tenant'], 'a');
  });

  it('keeps connections for the next ones', async (test) => {
    const server = await startSubgraphServer(test, (response) => sendJson(response, lamp));
    const { query } = connect(test, server.url);
    for (let id = 0; id < 20; id++) await query.send(variables({ id }), callContext());
    assert.equal(server.requests.length, 20);
    // Two: an answer is handed on a moment before its connection is free again.
    assert.ok(server.sockets.size <= 2, `${server.sockets.size} connections`);
  });

  it('reads an answer that comes in many pieces, with characters cut in the middle', async (test) => {
    const bytes = Buffer.from(JSON.stringify({ data: { product: { name: 'Lämpchen €' } } }));
    const server = await startSubgraphServer(test, async (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      for (const byte of bytes) await new Promise((sent) => response.write(Buffer.of(byte), sent));
      response.end();
    });
    const { query } = connect(test, server.url);
    const response = await query.send(variables(), callContext());
    assert.deepEqual(response.data, { product: { name: 'Lämpchen €' } });
  });

  it('keeps message, path and extensions of the errors of a subgraph, whatever the status', async (test) => {
    const error = {
      message: 'gone',
      path: ['product', 0, 'name'],
      extensions: { code: 'GONE', since: 1 },
      locations: [{ line: 1, column: 1 }],
    };
    const server = await startSubgraphServer(test, (response, _, index) =>
      sendJson(response, { data: null, errors: [error] }, [200, 400, 500][index]),
    );
    const { query, observer } = connect(test, server.url);
    for (let index = 0; index < 3; index++) {
      const response = await query.send(variables(), callContext());
      const { message, path, extensions } = error;
      assert.deepEqual(response, { data: null, errors: [{ message, path, extensions }] });
    }
    assert.deepEqual(observer.outcomes, ['products ok', 'products ok', 'products ok']);
  });
});

describe('identical queries in flight', () => {
  it('are one request, and each caller has objects of its own', async (test) => {
    const { held, arrived, requests, url } = await startHolding(test);
    const { query } = connect(test, url);
    const calls = Array.from({ length: 50 }, () => query.send(variables({ id: 1 }), callContext()));
    await arrived(1);
    sendJson(held[0] as ServerResponse, lamp);
    const responses = await Promise.all(calls);
    for (const response of responses) assert.deepEqual(response, lamp);
    assert.notEqual(responses[0]?.data, responses[1]?.data);
    assert.equal(requests.length, 1);
  });

  it('are not shared between variables, nor between callers of different scopes', async (test) => {
    const server = await startSubgraphServer(test, (response) => sendJson(response, lamp));
    const { query } = connect(test, server.url);
    await Promise.all([
      query.send(variables({ id: 1 }), callContext()),
      query.send(variables({ id: 2 }), callContext()),
      query.send(variables({ id: 1 }), callContext({ principal: agent('a', 'read') })),
      query.send(variables({ id: 1 }), callContext({ principal: agent('a', 'read', 'write') })),
      query.send(variables({ id: 1 }), callContext({ principal: agent('a') })),
    ]);
    assert.equal(server.requests.length, 5);
  });

  it('are requests of their own when sharing is off', async (test) => {
    const server = await startSubgraphServer(test, (response) => sendJson(response, lamp));
    const { query } = connect(test, server.url, { deduplicate: false });
    await Promise.all([1, 2, 3].map(() => query.send(variables(), callContext())));
    assert.equal(server.requests.length, 3);
  });

  it('are asked again once they are answered', async (test) => {
    const server = await startSubgraphServer(test, (response) => sendJson(response, lamp));
    const { query } = connect(test, server.url);
    await query.send(variables(), callContext());
    await query.send(variables(), callContext());
    assert.equal(server.requests.length, 2);
  });

  it('are not joined over a mutation, whose effect they may not have seen', async (test) => {
    const { held, arrived, requests, url } = await startHolding(test);
    const { query, mutation } = connect(test, url);
    const before = query.send(variables(), callContext());
    await arrived(1);
    const change = mutation.send(variables(), callContext());
    await arrived(2);
    sendJson(held[1] as ServerResponse, { data: { rename: { name: 'Torch' } } });
    await change;
    const after = query.send(variables(), callContext());
    await arrived(3);
    sendJson(held[2] as ServerResponse, { data: { product: { name: 'Torch' } } });
    assert.deepEqual((await after).data, { product: { name: 'Torch' } });
    sendJson(held[0] as ServerResponse, lamp);
    assert.deepEqual(await before, lamp);
    assert.equal(requests.length, 3);
  });

  it('never are mutations', async (test) => {
    const { held, arrived, url } = await startHolding(test);
    const { mutation } = connect(test, url);
    const calls = [1, 2, 3].map(() => mutation.send(variables(), callContext()));
    await arrived(3);
    for (const response of held) sendJson(response, { data: { rename: null } });
    await Promise.all(calls);
  });
});

describe('a client that leaves', () => {
  it('cancels nothing for the others who wait for the same answer', async (test) => {
    const { held, arrived, url } = await startHolding(test);
    const { query, observer } = connect(test, url);
    const leaver = new AbortController();
    const left = query.send(variables(), callContext({ signal: leaver.signal }));
    const stays = query.send(variables(), callContext());
    await arrived(1);
    leaver.abort();
    assert.equal((await left).errors?.[0]?.extensions?.code, 'SUBGRAPH_TIMEOUT');
    sendJson(held[0] as ServerResponse, lamp);
    assert.deepEqual(await stays, lamp);
    assert.deepEqual(observer.outcomes, ['products ABANDONED', 'products ok']);
  });

  it('ends the request when it was the last who waited, so that the subgraph can stop', async (test) => {
    const { held, arrived, url } = await startHolding(test);
    const { query } = connect(test, url);
    const leavers = [new AbortController(), new AbortController()];
    const calls = leavers.map(({ signal }) => query.send(variables(), callContext({ signal })));
    await arrived(1);
    const closed = new Promise((resolve) => held[0]?.on('close', resolve));
    for (const leaver of leavers) leaver.abort();
    await Promise.all([...calls, closed]);
  });

  it('does not cancel its mutation, of which nobody could say whether it took effect', async (test) => {
    const { held, arrived, url } = await startHolding(test);
    const { mutation } = connect(test, url);
    const leaver = new AbortController();
    const call = mutation.send(variables(), callContext({ signal: leaver.signal }));
    await arrived(1);
    leaver.abort();
    sendJson(held[0] as ServerResponse, { data: { rename: null } });
    assert.deepEqual(await call, { data: { rename: null } });
  });

  it('sends nothing more', async (test) => {
    const server = await startSubgraphServer(test, (response) => sendJson(response, lamp));
    const { query, mutation } = connect(test, server.url);
    const signal = AbortSignal.abort();
    await query.send(variables(), callContext({ signal }));
    await mutation.send(variables(), callContext({ signal }));
    assert.equal(server.requests.length, 0);
  });

  it('may have very many fetches under way', async (test) => {
    const warnings: string[] = [];
    const remember = (warning: Error) => warnings.push(warning.name);
    process.on('warning', remember);
    test.after(() => process.off('warning', remember));
    const server = await startSubgraphServer(test, (response) => sendJson(response, lamp));
    const { query } = connect(test, server.url);
    const context = callContext();
    await Promise.all(Array.from({ length: 100 }, (_, id) => query.send(variables({ id }), context)));
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(warnings, []);
  });
});
