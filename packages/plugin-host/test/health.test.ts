import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hosting } from './hosting.js';
import { scriptedPlugins } from './scripted-plugins.js';
import { nextTurn } from './turns.js';

describe('a plugin’s health', () => {
  it('moves it between ready and degraded, whatever health() does', async (test) => {
    test.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    let health: () => unknown = () => ({ status: 'degraded', reason: 'the ERP is slow' });
    await using plugins = await scriptedPlugins({
      frail: { start: () => ({ resolvers: {}, health: () => health() as never }) },
    });
    await using hosted = hosting([plugins.directory]);
    await hosted.host.start();
    const after = async (state: 'ready' | 'degraded') => {
      const changed = hosted.until('frail', state);
      test.mock.timers.tick(5_000);
      await nextTurn();
      return (await changed).state;
    };
    assert.deepEqual(await after('degraded'), { name: 'degraded', reason: 'the ERP is slow' });
    health = () => ({ status: 'healthy' });
    assert.deepEqual(await after('ready'), { name: 'ready' });
    health = () => {
      throw new Error('no idea');
    };
    assert.deepEqual(await after('degraded'), { name: 'degraded', reason: 'no idea' });
    health = () => 'fine';
    assert.deepEqual(await after('degraded'), {
      name: 'degraded',
      reason: 'health() gave "fine", which is no Health',
    });
    health = () => new Promise(() => {});
    const unanswered = after('degraded');
    await nextTurn();
    test.mock.timers.tick(2_000);
    assert.deepEqual(await unanswered, {
      name: 'degraded',
      reason: 'health() did not answer within 2000 ms',
    });
  });
});
