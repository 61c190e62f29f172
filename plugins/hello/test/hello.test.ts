import assert from 'node:assert/strict';
import { it } from 'node:test';
import { pluginContract, startTestHost } from '@deskgraph/plugin-testing';

const plugin = new URL('../..', import.meta.url);

pluginContract(plugin);

it('greets with the configured word', async () => {
  const config = { hello: { greeting: 'Moin' } };
  await using host = await startTestHost({ plugins: [plugin], config });
  const { data } = await host.graph('{ hello(name: "Ada") }');
  assert.deepEqual({ ...data }, { hello: 'Moin, Ada!' });
});
