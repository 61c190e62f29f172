import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { startUpstream } from './upstream.js';

const code = (expected: Parameters<typeof isDeskgraphError>[1]) => (error: unknown) =>
  isDeskgraphError(error, expected);

describe('outbound retry', () => {
  it('a connection reset costs a GET one more attempt, and the caller nothing', async () => {
    let first = true;
    await using upstream = await startUpstream((request, response) => {
      if (first) request.socket.destroy();
      else response.end('ok');
      first = false;
    });
    assert.equal((await upstream.client.request(upstream.url)).text, 'ok');
    assert.equal(upstream.hits, 2);
  });

  it('a POST is never sent twice unless its caller says that it may be', async () => {
    await using upstream = await startUpstream((request) => request.socket.destroy());
    const post = { method: 'POST', body: '{}' } as const;
    await assert.rejects(upstream.client.request(upstream.url, post), code('UPSTREAM_UNREACHABLE'));
    assert.equal(upstream.hits, 1);
    await assert.rejects(
      upstream.client.request(upstream.url, { ...post, idempotent: true }),
      code('UPSTREAM_UNREACHABLE'),
    );
    assert.equal(upstream.hits, 4);
  });

  it('half a body is not an answer', async () => {
    await using upstream = await startUpstream((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"half":', () => response.destroy());
    });
    await assert.rejects(upstream.client.request(upstream.url), code('UPSTREAM_UNREACHABLE'));
    assert.equal(upstream.hits, 3);
  });

  it('503 with Retry-After is tried again, and the last answer is returned, not thrown', async () => {
    await using upstream = await startUpstream((_, response) => {
      response.writeHead(503, { 'retry-after': '0' }).end('later');
    });
    const { status, text } = await upstream.client.request(upstream.url);
    assert.deepEqual({ status, text, hits: upstream.hits }, { status: 503, text: 'later', hits: 3 });
  });

  it('a Retry-After beyond the deadline is not waited for', async () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    for (const retryAfter of ['3600', inAnHour]) {
      await using upstream = await startUpstream((_, response) => {
        response.writeHead(503, { 'retry-after': retryAfter }).end();
      });
      assert.equal((await upstream.client.request(upstream.url)).status, 503);
      assert.equal(upstream.hits, 1);
    }
  });

  it('a status that says the request is wrong is not repeated', async () => {
    await using upstream = await startUpstream((_, response) => {
      response.writeHead(404).end();
    });
    assert.equal((await upstream.client.request(upstream.url)).status, 404);
    assert.equal(upstream.hits, 1);
  });

  it('retries of a system that always fails stay within the budget', async () => {
    // 429 is retried but does not open the circuit, so that only the budget is seen.
    await using upstream = await startUpstream((_, response) => {
      response.writeHead(429).end();
    });
    const calls = 100;
    for (let call = 0; call < calls; call++) await upstream.client.request(upstream.url);
    const retries = upstream.hits - calls;
    assert.ok(retries >= 10 && retries <= 10 + calls * 0.2, `${retries} retries`);
  });
});
