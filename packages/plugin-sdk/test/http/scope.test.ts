import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHttpClient, isDeskgraphError } from '@deskgraph/plugin-sdk';
import { startUpstream } from './upstream.js';

describe('outbound scope', () => {
  it('a host that the manifest does not name is refused before a connection is made', async () => {
    await using client = createHttpClient({ allowedHosts: ['api.example.com', '*.example.org'] });
    const refused = [
      'http://127.0.0.1:1/',
      'https://example.org/',
      'https://evil-example.org/',
      'https://api.example.com.evil.net/',
      'file:///etc/passwd',
      'not a url',
    ];
    for (const url of refused) {
      await assert.rejects(client.request(url), (error: unknown) => {
        assert.ok(isDeskgraphError(error, 'NETWORK_SCOPE_DENIED'), url);
        assert.match(
          error.message,
          /scopes\.network in plugin\.json \(now: api\.example\.com, \*\.example\.org\)/,
        );
        return true;
      });
    }
  });

  it('a pattern covers the hosts below it, whatever their case', async () => {
    await using client = createHttpClient({ allowedHosts: ['*.Invalid'], maxAttempts: 1 });
    await assert.rejects(client.request('http://Deep.Host.invalid/'), (error: unknown) =>
      isDeskgraphError(error, 'UPSTREAM_UNREACHABLE'),
    );
  });

  it('a redirect is handed to the caller, because it may lead out of the scope', async () => {
    await using upstream = await startUpstream((_, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    });
    const { status, headers } = await upstream.client.request(upstream.url);
    assert.deepEqual([status, headers.location], [302, 'http://169.254.169.254/']);
  });

  it('the trace goes on in the other system', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await using upstream = await startUpstream((request, response) =>
      response.end(request.headers.traceparent),
    );
    assert.equal((await upstream.client.request(upstream.url, { traceparent })).text, traceparent);
  });

  it('an answer that is not JSON is shown by its beginning', async () => {
    await using upstream = await startUpstream((_, response) => response.end('<html>Bad gateway'));
    const response = await upstream.client.request(upstream.url);
    assert.throws(
      () => response.json(),
      (error: unknown) =>
        isDeskgraphError(error, 'UPSTREAM_MALFORMED') && error.message.includes('<html>Bad gateway'),
    );
  });
});
