import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PluginGraphRequest } from '@deskgraph/plugin-host';
import { type GraphClient, graph, type PluginManifest } from '@deskgraph/plugin-sdk';
import { graphClient } from '../src/start/plugin-graph.js';
import { hosting } from './hosting.js';
import { type ScriptedPlugin, scriptedPlugins } from './scripted-plugins.js';

/** Answers its one field with what the graph answers. */
const asker: ScriptedPlugin = {
  deps: { graph },
  manifest: { scopes: { graph: ['orders:read', 'chat:read'] } },
  start: ({ deps }) => {
    const client = deps.graph as GraphClient;
    const ask = async () => JSON.stringify(await client.query('{ other }', { id: 1 }));
    return { resolvers: { Query: { asker: ask } } };
  },
};

describe('a plugin that asks the graph', () => {
  it('asks as itself, with the scopes of its manifest and no others', async () => {
    const requests: PluginGraphRequest[] = [];
    await using plugins = await scriptedPlugins({ asker });
    await using hosted = hosting([plugins.directory], {
      graph: async (request) => {
        requests.push(request);
        return { data: { other: 7 } };
      },
    });
    await hosted.host.start();
    const { data } = await hosted.graph('asker', '{ asker }');
    assert.equal(data?.asker, '{"data":{"other":7}}');
    const request = requests[0] as PluginGraphRequest;
    assert.deepEqual(request.principal, {
      id: 'plugin:asker',
      kind: 'service',
      displayName: 'Plugin asker',
      scopes: ['chat:read', 'orders:read'],
    });
    assert.deepEqual([request.document, request.variables], ['{ other }', { id: 1 }]);
    assert.ok(Object.isFrozen(request.principal.scopes), 'a plugin cannot give itself more');
    assert.equal(request.signal.aborted, false);
  });

  it('does not start without scopes.graph, and is told so', async () => {
    await using plugins = await scriptedPlugins({ asker: { ...asker, manifest: {} } });
    await using hosted = hosting([plugins.directory]);
    await hosted.host.start();
    assert.match(hosted.failure('asker').message, /does not say with which scopes\. Add scopes\.graph/);
  });

  it('is answered within bounds by a graph that never answers, and can give up before', async () => {
    const manifest = { id: 'asker', scopes: { graph: [] } } as unknown as PluginManifest;
    const signals: AbortSignal[] = [];
    const never = ({ signal }: PluginGraphRequest) => {
      signals.push(signal);
      return new Promise<never>(() => {});
    };
    await assert.rejects(graphClient(manifest, never, 20).query('{ a }'), {
      code: 'SUBGRAPH_TIMEOUT',
      message: 'The graph did not answer plugin asker within 20 ms.',
    });
    const abort = new AbortController();
    const waiting = graphClient(manifest, never).query('{ a }', {}, { signal: abort.signal });
    const reason = new Error('the plugin stops');
    abort.abort(reason);
    await assert.rejects(waiting, reason);
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, true],
    );
    await assert.rejects(graphClient(manifest, never).query('{ a }', {}, { signal: abort.signal }), reason);
    assert.equal(signals.length, 2, 'nothing is asked for somebody who has given up');
  });

  it('hears that there is none, where there is none, as a failure that may pass', async () => {
    await using plugins = await scriptedPlugins({ asker });
    await using hosted = hosting([plugins.directory]);
    await hosted.host.start();
    const { errors } = await hosted.graph('asker', '{ asker }');
    assert.equal(errors?.[0]?.extensions.code, 'PLUGIN_UNAVAILABLE');
  });
});
