import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PluginDefinition } from '@deskgraph/plugin-sdk';
import { hosting } from './hosting.js';
import { scriptedPlugins } from './scripted-plugins.js';
import { gate, nextTurn } from './turns.js';

describe('a plugin lives in visible steps', () => {
  it('each step is told, and a listener that throws changes nothing', async () => {
    await using plugins = await scriptedPlugins({ solo: {} });
    const hosted = hosting([plugins.directory]);
    const states: string[] = [];
    hosted.host.onChange(({ state }) => states.push(state.name));
    hosted.host.onChange(() => {
      throw new Error('not my day');
    });
    await hosted.host.start();
    await hosted.host.stop();
    await hosted.host.stop();
    const life = ['discovered', 'validated', 'composed', 'starting', 'ready', 'draining', 'stopped'];
    assert.deepEqual(states, life);
    await hosted[Symbol.asyncDispose]();
  });

  it('two plugins with one id are not both run', async () => {
    const twin = { manifest: { id: 'twin' } };
    await using plugins = await scriptedPlugins({ one: twin, other: twin });
    await using hosted = hosting([plugins.directory]);
    await hosted.host.start();
    assert.deepEqual(
      hosted.host.statuses.map(({ state }) => state.name),
      ['failed', 'ready'],
    );
    const { message } = hosted.failure('twin');
    assert.match(
      message,
      /other\/plugin\.json: id: "twin" is the id of .*\/one too, which is used\. Change one/,
    );
  });
});

describe('plugins that require others', () => {
  it('start after them and stop before them', async () => {
    const steps: string[] = [];
    const { open, opened } = gate();
    const step =
      (id: string, wait?: Promise<void>): PluginDefinition['start'] =>
      async ({ onStop }) => {
        await wait;
        steps.push(`${id} starts`);
        onStop(() => {
          steps.push(`${id} stops`);
        });
        return { resolvers: {} };
      };
    await using plugins = await scriptedPlugins({
      apex: { start: step('apex'), manifest: { requires: ['base', 'middle'] } },
      base: { start: step('base', opened) },
      middle: { start: step('middle'), manifest: { requires: ['base'] } },
    });
    await using hosted = hosting([plugins.directory]);
    const starting = hosted.host.start();
    await nextTurn();
    assert.deepEqual(steps, []);
    open();
    await starting;
    await hosted.host.stop();
    assert.deepEqual(steps, [
      'base starts',
      'middle starts',
      'apex starts',
      'apex stops',
      'middle stops',
      'base stops',
    ]);
  });

  it('in a circle, or of a plugin that is not there, are refused with the reason', async () => {
    await using plugins = await scriptedPlugins({
      hen: { manifest: { requires: ['egg'] } },
      egg: { manifest: { requires: ['hen'] } },
      orphan: { manifest: { requires: ['parent'] } },
      grandchild: { manifest: { requires: ['orphan'] } },
      solo: {},
    });
    await using hosted = hosting([plugins.directory]);
    await hosted.host.start();
    const says = (id: string, message: RegExp) => {
      const failure = hosted.failure(id);
      assert.deepEqual([failure.phase, failure.code], ['validate', 'PLUGIN_INCOMPATIBLE']);
      assert.match(failure.message, message);
    };
    says('hen', /requires egg, which cannot start before it .* Break the cycle/);
    says('egg', /requires hen, which cannot start before it/);
    says('orphan', /requires parent, which is not installed or not valid\. Install it/);
    says('grandchild', /requires orphan, which cannot start before it \(a cycle, or a refused plugin\)/);
    assert.equal(hosted.status('solo').state.name, 'ready');
  });

  it('wait for one that fails at first, and start as soon as it is there', async (test) => {
    test.mock.timers.enable({ apis: ['setTimeout'] });
    let attempts = 0;
    await using plugins = await scriptedPlugins({
      late: {
        start() {
          if (++attempts === 1) throw new Error('not yet');
          return { resolvers: {} };
        },
      },
      needy: { manifest: { requires: ['late'] } },
    });
    await using hosted = hosting([plugins.directory]);
    await hosted.host.start();
    assert.equal(hosted.failure('late').retries, true);
    const waiting = hosted.failure('needy');
    assert.deepEqual([waiting.code, waiting.retries], ['PLUGIN_UNAVAILABLE', true]);
    assert.match(waiting.message, /Plugin needy requires late, not ready yet/);
    const ready = hosted.until('needy', 'ready');
    test.mock.timers.tick(1_000);
    await ready;
    assert.equal(attempts, 2);
  });
});
