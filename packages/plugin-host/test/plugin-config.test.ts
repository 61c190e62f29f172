import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { format, inspect } from 'node:util';
import type { Secret } from '@deskgraph/plugin-sdk';
import { fixture, startBesideHealthy } from './hosting.js';

const plugin = 'unknown-config-key';

async function startedWith(values: object, environment: Record<string, string> = {}) {
  const { started } = await import(pathToFileURL(`${fixture(plugin)}/plugin.js`).href);
  await using hosted = await startBesideHealthy([plugin], {
    config: { values: { [plugin]: values }, source: 'deskgraph.config.yaml' },
    environment,
  });
  if (hosted.status(plugin).state.name === 'failed') return { failure: hosted.failure(plugin) };
  return { config: started.at(-1) as { pollSeconds: number; token: Secret; hosts: readonly string[] } };
}

describe('the configuration of a plugin', () => {
  it('has the defaults of the plugin’s schema and is frozen', async () => {
    const { config } = await startedWith({});
    assert.equal(config?.pollSeconds, 60);
    assert.ok(Object.isFrozen(config) && Object.isFrozen(config?.hosts));
  });

  it('hides secrets from whatever prints it', async () => {
    const { config } = await startedWith({ token: `\${TOKEN}` }, { TOKEN: 'hunter2' });
    assert.equal(config?.token.reveal(), 'hunter2');
    assert.doesNotMatch(
      [inspect(config, { depth: 9 }), JSON.stringify(config), format('%o', config)].join(),
      /hunter2/,
    );
  });

  it('is overridden by DESKGRAPH_PLUGIN_<ID>_<KEY>, read as the type of the key', async () => {
    const { config } = await startedWith(
      { pollSeconds: 5 },
      {
        DESKGRAPH_PLUGIN_UNKNOWN_CONFIG_KEY_POLL_SECONDS: '7',
        DESKGRAPH_PLUGIN_UNKNOWN_CONFIG_KEY_TOKEN: '12345',
        DESKGRAPH_PLUGIN_UNKNOWN_CONFIG_KEY_HOSTS: '["a.example"]',
      },
    );
    assert.deepEqual(
      [config?.pollSeconds, config?.token.reveal(), config?.hosts],
      [7, '12345', ['a.example']],
    );
  });

  it('names the variable that is wrong, and never its value', async () => {
    const { failure } = await startedWith(
      {},
      { DESKGRAPH_PLUGIN_UNKNOWN_CONFIG_KEY_POLL_SECONDS: 'hunter2' },
    );
    assert.match(
      failure?.message ?? '',
      /DESKGRAPH_PLUGIN_UNKNOWN_CONFIG_KEY_POLL_SECONDS: pollSeconds: must be integer/,
    );
    assert.doesNotMatch(failure?.message ?? '', /hunter2/);
  });
});
