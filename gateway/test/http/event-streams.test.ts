import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { type Client, createClient } from 'graphql-sse';
import { type Rig, startRig } from './rig/start-rig.js';

const accept = 'text/event-stream';

describe('event streams: graphql-sse PROTOCOL.md, "Distinct connections mode"', () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig();
  });
  after(() => rig[Symbol.asyncDispose]());

  const withClient = async (options: { authorization?: string }, use: (client: Client) => Promise<void>) => {
    const headers = options.authorization === undefined ? {} : { authorization: options.authorization };
    const client = createClient({
      url: `${rig.url}/graphql`,
      singleConnection: false,
      retryAttempts: 0,
      headers,
    });
    try {
      await use(client);
    } finally {
      client.dispose();
    }
  };

  const post = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${rig.url}/graphql`, {
      method: 'POST',
      headers: { accept, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it('streams a subscription to the real client, which then completes', () =>
    withClient({}, async (client) => {
      const results = [];
      for await (const result of client.iterate({ query: 'subscription { count(to: 3) }' }))
        results.push(result);
      assert.deepEqual(
        results,
        [1, 2, 3].map((count) => ({ data: { count } })),
      );
    }));

  it('answers a query and a mutation with one result', () =>
    withClient({}, async (client) => {
      for (const [query, data] of [
        ['query ($name: String) { hello(name: $name) }', { hello: 'Hello, Li!' }],
        ['mutation { add(amount: 0) }', { add: 0 }],
      ] as const) {
        const results = [];
        for await (const result of client.iterate({ query, variables: { name: 'Li' } })) results.push(result);
        assert.deepEqual(results, [{ data }]);
      }
    }));

  it('knows the caller', async () =>
    withClient(
      { authorization: `Bearer ${await rig.authenticator.issueDemoToken('visitor-li')}` },
      async (client) => {
        const { value } = await client.iterate({ query: '{ me }' }).next();
        assert.deepEqual(value, { data: { me: 'visitor-li' } });
      },
    ));

  it('unsubscribes when the client ends the connection', () =>
    withClient({}, async (client) => {
      const results = client.iterate({ query: 'subscription { published }' });
      const first = results.next();
      await once(rig.events, 'stream');
      rig.events.emit('publish', 'one');
      assert.deepEqual((await first).value, { data: { published: 'one' } });
      const gone = once(rig.events, 'unsubscribed');
      await results.return?.();
      await gone;
      assert.equal(await rig.metric('deskgraph_subscriptions_open{transport="sse"}'), 0);
    }));

  it('writes the events as the protocol shows them', async () => {
    const response = await post({ query: 'subscription { count(to: 1) }' });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    assert.equal(
      await response.text(),
      ':\n\nevent: next\ndata: {"data":{"count":1}}\n\nevent: complete\ndata: \n\n',
    );
  });

  it('serves a GET, as EventSource sends it', async () => {
    const query = encodeURIComponent('subscription S($to: Int!) { count(to: $to) }');
    const variables = encodeURIComponent('{"to":1}');
    const url = `${rig.url}/graphql?query=${query}&operationName=S&variables=${variables}`;
    const response = await fetch(url, { headers: { accept } });
    assert.match(await response.text(), /data: \{"data":\{"count":1\}\}/);
  });

  it('sends headers before there is any event, and comments while there is none', async () => {
    await using lively = await startRig({ limits: { keepAliveMs: 10 } });
    const query = encodeURIComponent('subscription { published }');
    const request = get(`${lively.url}/graphql?query=${query}`, { headers: { accept } });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response) {
      text += chunk;
      if (text.length >= 9) break;
    }
    assert.match(text, /^(:\n\n){3,}$/);
    request.destroy();
  });

  for (const [name, query, code] of [
    ['a syntax error', '{', 'GRAPHQL_PARSE_FAILED'],
    ['a validation error', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
  ] as const) {
    it(`tells ${name} in a next event, with status 200`, async () => {
      const response = await post({ query });
      assert.equal(response.status, 200);
      const [, next, complete] = (await response.text()).split('\n\n');
      const { errors } = JSON.parse((next as string).slice('event: next\ndata: '.length));
      assert.equal(errors[0].extensions.code, code);
      assert.ok(errors[0].locations[0].line);
      assert.equal(complete, 'event: complete\ndata: ');
    });
  }

  for (const [name, body, status, code] of [
    ['a body that is not JSON', '{"query"', 400, 'BAD_REQUEST'],
    ['no query', {}, 400, 'BAD_REQUEST'],
    ['variables that are no object', { query: '{ hello }', variables: [] }, 400, 'BAD_REQUEST'],
    ['a batch', [{ query: '{ hello }' }], 400, 'BATCH_REFUSED'],
  ] as const) {
    it(`refuses ${name} before there is a stream`, async () => {
      const response = await post(body);
      assert.equal(response.status, status);
      const { errors } = (await response.json()) as { errors: [{ extensions: { code: string } }] };
      assert.equal(errors[0].extensions.code, code);
    });
  }

  it('refuses a token that is not valid before there is a stream', async () => {
    const response = await post({ query: '{ hello }' }, { authorization: 'Bearer forged' });
    assert.equal(response.status, 401);
    assert.equal(response.headers.get('www-authenticate'), 'Bearer');
    await response.body?.cancel();
  });

  it('runs no mutation by GET, nor anything another site made a browser send', async () => {
    const url = (query: string) => `${rig.url}/graphql?query=${encodeURIComponent(query)}`;
    const mutation = await fetch(url('mutation { add(amount: 1) }'), { headers: { accept } });
    assert.equal(mutation.status, 405);
    assert.equal(mutation.headers.get('allow'), 'POST');
    const forged = await fetch(url('{ hello }'), { headers: { accept, 'sec-fetch-site': 'cross-site' } });
    assert.equal(forged.status, 400);
    await Promise.all([mutation.body?.cancel(), forged.body?.cancel()]);
  });

  it('cuts off a client that does not read, and serves the others', async () => {
    await using bounded = await startRig({ limits: { maxBufferedBytes: 64 * 1024 } });
    const query = encodeURIComponent('subscription { published }');
    const request = get(`${bounded.url}/graphql?query=${query}`, { headers: { accept } });
    request.on('error', () => undefined);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    let gone = false;
    bounded.events.once('unsubscribed', () => {
      gone = true;
    });
    const large = 'x'.repeat(256 * 1024);
    for (let published = 0; !gone; published++) {
      assert.ok(published < 500, 'the slow client was never cut off');
      bounded.events.emit('publish', large);
      const quick = await fetch(`${bounded.url}/livez`);
      await quick.body?.cancel();
    }
    assert.equal(await bounded.metric('deskgraph_slow_consumers_total{transport="sse"}'), 1);
    request.destroy();
  });
});
