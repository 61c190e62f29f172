import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createEvent } from '@deskgraph/events';
import { database, type HttpClient, http, type RequestContext } from '@deskgraph/plugin-sdk';
import { hosting } from './hosting.js';
import { scriptedPlugins } from './scripted-plugins.js';

describe('mistakes of plugin authors', () => {
  for (const [hazard, schema, message] of [
    ['is not JSON', '{ "type": ', /settings\.json: Unexpected end/],
    ['is not a JSON Schema', { type: 'objekt' }, /settings\.json: .*type/],
    [
      'has a keyword that does not exist',
      { type: 'object', additionalProperties: false, propertys: {} },
      /settings\.json: .*propertys/,
    ],
    ['takes unknown keys', { type: 'object' }, /settings\.json: add "additionalProperties": false/],
    [
      'does not declare a secret',
      { type: 'object', additionalProperties: false, properties: { tokn: { type: 'string' } } },
      /settings\.json: scopes\.secrets names "token"; declare it here with "type": "string"/,
    ],
  ] as const) {
    it(`a configuration schema that ${hazard} is reported, and the host goes on`, async () => {
      const manifest = { config: 'settings.json', scopes: { secrets: ['token'] } };
      await using plugins = await scriptedPlugins({ odd: { manifest }, even: {} });
      await writeFile(
        join(plugins.directory, 'odd', 'settings.json'),
        typeof schema === 'string' ? schema : JSON.stringify(schema),
      );
      await using hosted = hosting([plugins.directory]);
      await hosted.host.start();
      const failure = hosted.failure('odd');
      assert.deepEqual([failure.phase, failure.code], ['validate', 'MANIFEST_INVALID']);
      assert.match(failure.message, message);
      assert.equal(hosted.status('even').state.name, 'ready');
    });
  }

  it('a database that the manifest does not ask for is not given', async () => {
    await using plugins = await scriptedPlugins({ greedy: { deps: { database } } });
    await using hosted = hosting([plugins.directory]);
    await hosted.host.start();
    assert.match(
      hosted.failure('greedy').message,
      /its plugin\.json does not ask for one\. Add scopes\.postgres/,
    );
  });

  it('a host that the manifest does not name is not called', async () => {
    await using plugins = await scriptedPlugins({
      curious: {
        deps: { http },
        manifest: { scopes: { network: ['api.example.com'] } },
        start: ({ deps }) => {
          const client = deps.http as HttpClient;
          return { resolvers: { Query: { curious: () => client.request('http://127.0.0.1:9/') } } };
        },
      },
    });
    await using hosted = hosting([plugins.directory]);
    await hosted.host.start();
    const { errors } = await hosted.graph('curious', '{ curious }');
    assert.equal(errors?.[0]?.extensions.code, 'NETWORK_SCOPE_DENIED');
  });

  it('an asynchronous start that gives no resolvers is refused', async () => {
    await using plugins = await scriptedPlugins({ empty: { start: async () => undefined as never } });
    await using hosted = hosting([plugins.directory]);
    await hosted.host.start();
    assert.match(hosted.failure('empty').message, /start\(\) of plugin empty gave no resolvers; return/);
  });

  it('a folder without plugins, and one that is not there, are no error', async () => {
    await using plugins = await scriptedPlugins({});
    await using hosted = hosting([plugins.directory, join(plugins.directory, 'nowhere')]);
    await hosted.host.start();
    assert.deepEqual(hosted.host.statuses, []);
  });
});

describe('what resolvers get', () => {
  it('values of a request are made once per call, even when they are undefined, and not kept', async () => {
    let made = 0;
    const nothing = () => {
      made++;
    };
    await using plugins = await scriptedPlugins({
      loader: {
        sdl: 'type Query { one: Int two: Int }',
        start: () => {
          const resolve = (_: unknown, __: unknown, context: RequestContext) => {
            context.scoped(nothing);
            return made;
          };
          return { resolvers: { Query: { one: resolve, two: resolve } } };
        },
      },
    });
    await using hosted = hosting([plugins.directory]);
    await hosted.host.start();
    const ask = async () => ({ ...(await hosted.graph('loader', '{ one two }')).data });
    assert.deepEqual(await ask(), { one: 1, two: 1 });
    assert.deepEqual(await ask(), { one: 2, two: 2 });
  });

  it('a client’s signal that outlives the call keeps nothing of it', async () => {
    await using plugins = await scriptedPlugins({
      brief: {
        start: () => ({
          resolvers: {
            Query: { brief: (_: unknown, __: unknown, { signal }: RequestContext) => String(signal.aborted) },
          },
        }),
      },
    });
    await using hosted = hosting([plugins.directory]);
    await hosted.host.start();
    const { signal } = new AbortController();
    assert.equal((await hosted.graph('brief', '{ brief }', { signal })).data?.brief, 'false');
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('events that others are told it consumes, and that it does not handle, keep it from starting', async () => {
    const consumes = [{ type: 'order.paid', version: 1, schema: 'any.json' }];
    await using plugins = await scriptedPlugins({ deaf: { manifest: { events: { consumes } } } });
    await writeFile(join(plugins.directory, 'deaf', 'any.json'), '{}');
    await using hosted = hosting([plugins.directory]);
    await hosted.host.start();
    const { phase, code, message } = hosted.failure('deaf');
    assert.deepEqual([phase, code], ['start', 'PLUGIN_START_FAILED']);
    assert.match(message, /has no handler for order\.paid, .* Add it to subscribers, or take it out of/);
  });

  it('events of one key are handled in order, across their types', async () => {
    const handled: string[] = [];
    const first = Promise.resolve().then(() => new Promise((resolve) => setImmediate(resolve)));
    const declaration = (type: string) => ({ type, version: 1, schema: 'any.json' });
    await using plugins = await scriptedPlugins({
      reader: {
        manifest: { events: { consumes: ['order.placed', 'order.paid'].map(declaration) } },
        start: () => ({
          resolvers: {},
          subscribers: {
            async 'order.placed'() {
              await first;
              handled.push('placed');
            },
            'order.paid': () => {
              handled.push('paid');
            },
          },
        }),
      },
    });
    await writeFile(join(plugins.directory, 'reader', 'any.json'), '{}');
    await using hosted = hosting([plugins.directory]);
    await hosted.host.start();
    const event = (type: string) => createEvent({ type, source: '/shop', topic: 'order.1', data: {} });
    await hosted.bus.publish([event('order.placed'), event('order.paid')]);
    await hosted.host.stop();
    assert.deepEqual(handled, ['placed', 'paid']);
  });

  it('the caller, the request and its trace are the call’s; its signal follows the client', async () => {
    const abort = new AbortController();
    let seen: RequestContext | undefined;
    await using plugins = await scriptedPlugins({
      nosy: {
        start: () => ({
          resolvers: {
            Query: {
              nosy: (_: unknown, __: unknown, context: RequestContext) => {
                seen = context;
              },
            },
          },
        }),
      },
    });
    await using hosted = hosting([plugins.directory]);
    await hosted.host.start();
    const principal = { id: 'ada', kind: 'agent', displayName: 'Ada', scopes: [] } as const;
    const call = { principal, requestId: 'r-9', traceparent: '00-a-b-01', signal: abort.signal };
    await hosted.graph('nosy', '{ nosy }', call);
    assert.deepEqual([seen?.principal, seen?.requestId, seen?.traceparent], [principal, 'r-9', '00-a-b-01']);
    assert.equal(seen?.signal.aborted, false);
    abort.abort();
    assert.equal(seen?.signal.aborted, true);
  });
});
