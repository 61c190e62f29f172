import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { type Rig, startRig } from './rig/start-rig.js';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly {
      readonly message: string;
      readonly locations?: readonly unknown[];
      readonly extensions: { readonly code: string };
    }[];
  };
}

const accept = 'application/graphql-response+json';

describe('HTTP requests', () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig();
  });
  after(() => rig[Symbol.asyncDispose]());

  const read = async (response: Response): Promise<Answer> => ({
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Answer['body'],
  });
  const post = async (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    read(
      await fetch(`${rig.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    );
  const ask = async (query: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    read(await fetch(`${rig.url}/graphql?query=${encodeURIComponent(query)}`, { headers }));

  describe('results', () => {
    it('passes the data through as it is, errors beside it with code and path', async () => {
      const { status, body } = await post({ query: '{ hello failing }' });
      assert.equal(status, 200);
      assert.deepEqual(body.data, { hello: 'Hello, world!', failing: null });
      assert.deepEqual(body.errors, [
        {
          message: 'This field fails.',
          locations: [{ line: 1, column: 9 }],
          path: ['failing'],
          extensions: { code: 'SUBGRAPH_ERROR' },
        },
      ]);
    });

    it('puts errors first and writes no white space', async () => {
      const response = await fetch(`${rig.url}/graphql?query={hello}`);
      assert.equal(await response.text(), '{"data":{"hello":"Hello, world!"}}');
    });

    it('runs the operation that is named, with its variables', async () => {
      const query = 'query A { hello } query B($name: String!) { hello(name: $name) }';
      const { body } = await post({ query, operationName: 'B', variables: { name: 'Tom' } });
      assert.deepEqual(body, { data: { hello: 'Hello, Tom!' } });
    });

    it('knows the caller by the token', async () => {
      const authorization = `Bearer ${await rig.authenticator.issueDemoToken('agent-tom')}`;
      assert.deepEqual((await post({ query: '{ me }' }, { authorization })).body, {
        data: { me: 'agent-tom' },
      });
      assert.deepEqual((await post({ query: '{ me }' })).body, { data: { me: null } });
    });

    it('hands the request id and traceparent on, and answers with the id', async () => {
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      const running = once(rig.events, 'run');
      const { headers } = await post({ query: '{ hello }' }, { 'x-request-id': 'abc-1', traceparent });
      const [caller] = await running;
      assert.deepEqual([caller.requestId, caller.traceparent], ['abc-1', traceparent]);
      assert.equal(headers.get('x-request-id'), 'abc-1');
    });

    it('takes no request id that could break a log or a header, and no malformed traceparent', async () => {
      const running = once(rig.events, 'run');
      const { headers } = await post({ query: '{ hello }' }, { 'x-request-id': 'a b"', traceparent: '00-x' });
      const [caller] = await running;
      assert.match(caller.requestId, /^[\w-]{8,}$/);
      assert.equal(headers.get('x-request-id'), caller.requestId);
      assert.equal('traceparent' in caller, false);
    });

    it('tells the gateway when the client has gone', async () => {
      const running = once(rig.events, 'run');
      const request = get(`${rig.url}/graphql?query={held}`);
      request.on('error', () => undefined);
      const [caller] = await running;
      const aborted = once(caller.signal, 'abort');
      request.destroy();
      await aborted;
      rig.events.emit('release');
    });

    it('keeps no GET in caches', async () => {
      assert.equal((await ask('{ hello }')).headers.get('cache-control'), 'no-store');
    });
  });

  /** What is wrong with a request, and what the client is told. */
  const refusals: readonly {
    readonly name: string;
    readonly send: () => Promise<Answer>;
    readonly status: number;
    readonly code: string;
    readonly located?: true;
  }[] = [
    { name: 'malformed JSON', send: () => post('{"query":'), status: 400, code: 'BAD_REQUEST' },
    { name: 'an empty body', send: () => post(''), status: 400, code: 'BAD_REQUEST' },
    {
      name: 'HTML for a body',
      send: () => post('<html><body>hi</body></html>'),
      status: 400,
      code: 'BAD_REQUEST',
    },
    { name: 'a JSON text for a body', send: () => post('"{ hello }"'), status: 400, code: 'BAD_REQUEST' },
    { name: 'null for a body', send: () => post('null'), status: 400, code: 'BAD_REQUEST' },
    { name: 'a batch', send: () => post([{ query: '{ hello }' }]), status: 400, code: 'BATCH_REFUSED' },
    {
      name: 'a batch that is not even JSON',
      send: () => post(' \n[{{{'),
      status: 400,
      code: 'BATCH_REFUSED',
    },
    {
      name: 'no content type',
      send: () => post('{}', { 'content-type': '' }),
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    },
    {
      name: 'HTML for a content type',
      send: () => post('<html>', { 'content-type': 'text/html' }),
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    },
    {
      name: 'a form, which pages of other sites can send',
      send: () => post('query={hello}', { 'content-type': 'application/x-www-form-urlencoded' }),
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    },
    {
      name: 'another charset',
      send: () => post('{}', { 'content-type': 'application/json; charset=utf-16' }),
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    },
    {
      name: 'a compressed body',
      send: () => post('{}', { 'content-encoding': 'gzip' }),
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    },
    {
      name: 'a media type that is never sent',
      send: () => post({ query: '{ hello }' }, { accept: 'image/png' }),
      status: 406,
      code: 'NOT_ACCEPTABLE',
    },
    { name: 'no query', send: () => post({ variables: {} }), status: 400, code: 'BAD_REQUEST' },
    {
      name: 'a syntax error',
      send: () => post({ query: '{ hello' }),
      status: 400,
      code: 'GRAPHQL_PARSE_FAILED',
      located: true,
    },
    {
      name: 'a document with too many tokens',
      send: () => post({ query: `{ ${'a '.repeat(10_001)}}` }),
      status: 400,
      code: 'GRAPHQL_PARSE_FAILED',
      located: true,
    },
    {
      name: 'a field that is not there',
      send: () => post({ query: '{ nothing }' }),
      status: 400,
      code: 'GRAPHQL_VALIDATION_FAILED',
      located: true,
    },
    {
      name: 'an operation that is not there',
      send: () => post({ query: 'query A { hello }', operationName: 'B' }),
      status: 400,
      code: 'OPERATION_RESOLUTION_FAILURE',
    },
    {
      name: 'several operations and none named',
      send: () => post({ query: 'query A { hello } query B { hello }' }),
      status: 400,
      code: 'OPERATION_RESOLUTION_FAILURE',
    },
    {
      name: 'a variable of the wrong type',
      send: () => post({ query: 'query ($n: Int!) { text(length: $n) }', variables: { n: 'x' } }),
      status: 400,
      code: 'BAD_USER_INPUT',
      located: true,
    },
    {
      name: 'a missing variable',
      send: () => post({ query: 'query ($n: Int!) { text(length: $n) }' }),
      status: 400,
      code: 'BAD_USER_INPUT',
      located: true,
    },
    {
      name: 'a forged token',
      send: () => post({ query: '{ hello }' }, { authorization: 'Bearer x.y.z' }),
      status: 401,
      code: 'UNAUTHENTICATED',
    },
    {
      name: 'another scheme',
      send: () => post({ query: '{ hello }' }, { authorization: 'Basic eDp5' }),
      status: 401,
      code: 'UNAUTHENTICATED',
    },
    {
      name: 'a subscription',
      send: () => post({ query: 'subscription { published }' }),
      status: 405,
      code: 'SUBSCRIPTION_UNSUPPORTED',
    },
    {
      name: 'a mutation by GET',
      send: () => ask('mutation { add(amount: 1) }'),
      status: 405,
      code: 'METHOD_NOT_ALLOWED',
    },
    {
      name: 'a subscription by GET',
      send: () => ask('subscription { published }'),
      status: 405,
      code: 'METHOD_NOT_ALLOWED',
    },
    {
      name: 'a GET that another site made a browser send',
      send: () => ask('{ hello }', { 'sec-fetch-site': 'cross-site' }),
      status: 400,
      code: 'BAD_REQUEST',
    },
    {
      name: 'a GET of an old browser without proof',
      send: () => ask('{ hello }', { 'user-agent': 'Mozilla/5.0' }),
      status: 400,
      code: 'BAD_REQUEST',
    },
    {
      name: 'a persisted query',
      send: () => post({ extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }),
      status: 200,
      code: 'PERSISTED_QUERY_NOT_SUPPORTED',
    },
  ];

  describe('refuses', () => {
    for (const { name, send, status, code, located = false } of refusals) {
      it(`${name}: ${status} ${code}`, async () => {
        const { body, ...answer } = await send();
        assert.equal(answer.status, status, JSON.stringify(body));
        assert.deepEqual(
          body.errors?.map(({ extensions }) => extensions),
          [{ code }],
        );
        assert.equal(body.errors?.[0]?.locations !== undefined, located);
        assert.equal('data' in body, false);
        assert.ok(answer.headers.get('x-request-id'));
        if (status === 405) assert.ok(answer.headers.get('allow'));
        assert.equal((await post({ query: '{ hello }' })).status, 200);
      });
    }

    it('other methods', async () => {
      const answer = await read(await fetch(`${rig.url}/graphql`, { method: 'PUT', body: '{}' }));
      assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET, POST']);
    });

    it('counts what it refuses, by code', async () => {
      const line = 'deskgraph_operations_total{transport="http",kind="unknown",code="BATCH_REFUSED"}';
      const seen = await rig.metric(line);
      await post('[]');
      assert.equal(await rig.metric(line), seen + 1);
    });
  });

  describe('status and type for clients from before application/graphql-response+json', () => {
    it('is 200 when only application/json is accepted and the document is at fault', async () => {
      const { status, headers, body } = await post({ query: '{ nothing }' }, { accept: 'application/json' });
      assert.equal(status, 200);
      assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
      assert.equal(body.errors?.[0]?.extensions.code, 'GRAPHQL_VALIDATION_FAILED');
    });

    it('is 4xx, in the type whose status can be trusted, when anything is accepted', async () => {
      const { status, headers } = await post({ query: '{ nothing }' }, { accept: '*/*' });
      assert.equal(status, 400);
      assert.equal(headers.get('content-type'), 'application/graphql-response+json; charset=utf-8');
    });

    it('follows the qualities that clients give', async () => {
      const type = async (value: string) =>
        (await post({ query: '{ hello }' }, { accept: value })).headers.get('content-type');
      assert.match(
        (await type('application/graphql-response+json, application/json;q=0.9')) ?? '',
        /graphql-response/,
      );
      assert.match(
        (await type('application/json, application/graphql-response+json;q=0.9')) ?? '',
        /^application\/json/,
      );
      assert.match((await type('text/html, */*;q=0.1')) ?? '', /^application\/json/);
    });
  });

  describe('a gateway that fails', () => {
    const failing = async (error: unknown, use: (rig: Rig, answer: Answer) => void) => {
      await using broken = await startRig({
        core: (core) => ({ ...core, run: () => Promise.reject(error) }),
      });
      const response = await fetch(`${broken.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-request-id': 'req-7' },
        body: '{"query":"{ hello }"}',
      });
      use(broken, await read(response));
    };

    it('keeps the reason to the log, and gives the request id to ask with', () =>
      failing(new Error('password=hunter2'), ({ logged }, { status, body }) => {
        assert.equal(status, 500);
        assert.equal(body.errors?.[0]?.extensions.code, 'INTERNAL_ERROR');
        assert.match(body.errors?.[0]?.message ?? '', /req-7/);
        assert.doesNotMatch(JSON.stringify(body), /hunter2/);
        const [line] = logged.filter(({ level }) => level === 'error');
        assert.equal(line?.fields.requestId, 'req-7');
      }));

    it('answers a code of ours with its message and status', () =>
      failing(new DeskgraphError('PLANNER_UNAVAILABLE', 'No planner answered.'), (_rig, { status, body }) => {
        assert.equal(status, 503);
        assert.deepEqual(body.errors, [
          { message: 'No planner answered.', extensions: { code: 'PLANNER_UNAVAILABLE' } },
        ]);
      }));
  });
});
