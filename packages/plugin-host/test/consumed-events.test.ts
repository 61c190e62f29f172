import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { PluginManifest } from '@deskgraph/plugin-sdk';
import { hosting } from './hosting.js';
import { type ScriptedPlugins, scriptedPlugins } from './scripted-plugins.js';

const schema = (required: readonly string[]) => ({
  type: 'object',
  required,
  properties: { orderId: { type: 'string' }, total: { type: 'number' } },
  additionalProperties: false,
});
const consuming = (file: string): Partial<PluginManifest> => ({
  events: { publishes: [], consumes: [{ type: 'order.paid', version: 1, schema: file }] },
});

/** Two plugins that consume the same type, one of which asks for more. */
async function consumers(): Promise<ScriptedPlugins> {
  const plugins = await scriptedPlugins({
    ledger: { manifest: consuming('events/order-paid.json') },
    points: { manifest: consuming('events/order-paid.json') },
  });
  for (const [id, required] of [
    ['ledger', ['orderId']],
    ['points', ['orderId', 'total']],
  ] as const) {
    await mkdir(join(plugins.directory, id, 'events'));
    const file = join(plugins.directory, id, 'events/order-paid.json');
    await writeFile(file, JSON.stringify(schema(required)));
  }
  return plugins;
}

describe('what the plugins of a host consume', () => {
  it('is known before any of their code runs', async () => {
    await using plugins = await consumers();
    await using hosted = hosting([plugins.directory]);
    assert.deepEqual(hosted.host.consumedEvents.types, []);
    hosted.host.validate();
    assert.deepEqual(hosted.host.consumedEvents.types, ['order.paid']);
    hosted.host.consumedEvents.check('order.paid', { orderId: 'o-1', total: 1 });
  });

  it('must fit every one of them, and the first that it does not fit is named', async () => {
    await using plugins = await consumers();
    await using hosted = hosting([plugins.directory]);
    hosted.host.validate();
    const check = (data: unknown) => () => hosted.host.consumedEvents.check('order.paid', data);
    assert.throws(check({ orderId: 'o-1' }), {
      code: 'EVENT_INVALID',
      message: 'Plugin points: the data of order.paid does not fit its schema: (top): "total" is missing.',
    });
    assert.throws(check(null), {
      code: 'EVENT_INVALID',
      message: /^Plugin ledger: .* \(top\): must be object\.$/,
    });
  });

  it('is refused without a word of its values', async () => {
    await using plugins = await consumers();
    await using hosted = hosting([plugins.directory]);
    hosted.host.validate();
    const secret = { orderId: ['4111-1111'], total: '4111-1111' };
    assert.throws(
      () => hosted.host.consumedEvents.check('order.paid', secret),
      (error: Error) =>
        /orderId: must be string; total: must be number/.test(error.message) &&
        !error.message.includes('4111'),
    );
  });

  it('is refused when nobody consumes it, and says what is consumed', async () => {
    await using plugins = await consumers();
    await using hosted = hosting([plugins.directory]);
    hosted.host.validate();
    assert.throws(() => hosted.host.consumedEvents.check('order.payed', {}), {
      code: 'EVENT_UNDECLARED',
      message: 'No plugin consumes this type of event. Consumed are: order.paid.',
    });
  });
});
