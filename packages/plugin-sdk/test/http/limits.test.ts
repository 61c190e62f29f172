import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { startUpstream } from './upstream.js';

const code = (expected: Parameters<typeof isDeskgraphError>[1]) => (error: unknown) =>
  isDeskgraphError(error, expected);

/** Not `once`: a reset is a way to close, too. */
const closing = (socket: Socket) => new Promise((resolve) => socket.on('close', resolve));

describe('outbound limits', () => {
  it('a server that accepts and never answers costs the deadline and no more', async () => {
    await using upstream = await startUpstream(() => {});
    await assert.rejects(
      upstream.client.request(upstream.url, { deadlineMs: 50 }),
      (error: unknown) =>
        isDeskgraphError(error, 'UPSTREAM_TIMEOUT') && error.message.includes('within 50 ms'),
    );
    assert.ok(upstream.hits <= 1, `asked ${upstream.hits} times`);
  });

  it('a slow drip is cut off by the same deadline, and its connection is closed', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    await using upstream = await startUpstream((request, response) => {
      const drip = setInterval(() => response.write('.'), 5);
      closed = closing(request.socket).finally(() => clearInterval(drip));
    });
    await assert.rejects(upstream.client.request(upstream.url, { deadlineMs: 60 }), code('UPSTREAM_TIMEOUT'));
    await closed;
  });

  it('a body over maxResponseBytes is cancelled, not read to its end, and not asked for again', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    await using upstream = await startUpstream(
      (request, response) => {
        const chunk = Buffer.alloc(64 * 1024, 'x');
        const pour = () => {
          while (!response.destroyed && response.write(chunk));
        };
        response.on('drain', pour);
        closed = closing(request.socket);
        pour();
      },
      { maxResponseBytes: 100_000 },
    );
    await assert.rejects(upstream.client.request(upstream.url), code('UPSTREAM_TOO_LARGE'));
    await closed;
    assert.equal(upstream.hits, 1);
  });

  it('a caller that gives up gets its own reason, and the origin no blame for it', async () => {
    let hang = true;
    await using upstream = await startUpstream((_, response) => {
      if (!hang) response.end('ok');
    });
    const reason = new Error('the user left');
    for (let call = 0; call < 30; call++) {
      const abort = new AbortController();
      const calling = upstream.client.request(upstream.url, { signal: abort.signal });
      abort.abort(reason);
      await assert.rejects(calling, reason);
      // Let the attempt end, too, so that the circuit breaker has seen it.
      await new Promise((resolve) => setImmediate(resolve));
    }
    hang = false;
    assert.equal((await upstream.client.request(upstream.url)).text, 'ok');
  });

  it('a caller’s signal that outlives the call keeps nothing of it', async () => {
    await using upstream = await startUpstream((_, response) => response.end('ok'));
    const { signal } = new AbortController();
    for (let call = 0; call < 3; call++) await upstream.client.request(upstream.url, { signal });
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('an origin that keeps failing is left alone, and tried again after the pause', async (test) => {
    let failing = true;
    await using upstream = await startUpstream(
      (_, response) => {
        response.writeHead(failing ? 500 : 200).end();
      },
      { breakMs: 5_000 },
    );
    test.mock.timers.enable({ apis: ['Date'], now: Date.now() });
    for (let call = 0; call < 20; call++) await upstream.client.request(upstream.url).catch(() => {});
    const hits = upstream.hits;
    assert.ok(hits < 20, `${hits} of 20 calls reached the failing server`);
    await assert.rejects(upstream.client.request(upstream.url), code('UPSTREAM_CIRCUIT_OPEN'));
    assert.equal(upstream.hits, hits);
    failing = false;
    test.mock.timers.tick(5_001);
    assert.equal((await upstream.client.request(upstream.url)).status, 200);
  });

  it('a slow origin cannot collect calls without bound, and a queued call keeps its deadline', async () => {
    await using upstream = await startUpstream(() => {}, { maxConcurrent: 1, maxQueued: 1 });
    const hanging = upstream.client.request(upstream.url, { deadlineMs: 200 });
    const queued = upstream.client.request(upstream.url, { deadlineMs: 20 });
    await assert.rejects(upstream.client.request(upstream.url), code('UPSTREAM_OVERLOADED'));
    await assert.rejects(queued, code('UPSTREAM_TIMEOUT'));
    await assert.rejects(hanging, code('UPSTREAM_TIMEOUT'));
    assert.ok(upstream.hits <= 1, `asked ${upstream.hits} times`);
  });

  it('one origin in trouble does not take places from another', async () => {
    await using slow = await startUpstream(() => {}, { maxConcurrent: 1, maxQueued: 0 });
    await using quick = await startUpstream((_, response) => response.end('ok'));
    const hanging = slow.client.request(slow.url, { deadlineMs: 100 });
    assert.equal((await slow.client.request(quick.url)).text, 'ok');
    await assert.rejects(hanging, code('UPSTREAM_TIMEOUT'));
  });

  it('unread answers do not pile up connections', async () => {
    const sockets = new Set<unknown>();
    await using upstream = await startUpstream((request, response) => {
      sockets.add(request.socket);
      response.writeHead(404).end(Buffer.alloc(200_000));
    });
    for (let call = 0; call < 20; call++) await upstream.client.request(upstream.url);
    assert.ok(sockets.size <= 2, `${sockets.size} connections for 20 calls in a row`);
  });
});
