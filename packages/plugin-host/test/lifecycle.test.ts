import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import type { PluginDefinition } from '@deskgraph/plugin-sdk';
import { hosting } from './hosting.js';
import { scriptedPlugins } from './scripted-plugins.js';

/** A promise and what resolves it. */
function gate() {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

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

describe('a plugin that is stopped', () => {
  it('while it starts gives up at once', async () => {
    const started = gate();
    const closed = gate();
    await using plugins = await scriptedPlugins({
      slow: {
        async start({ signal, onStop }) {
          onStop(closed.open);
          started.open();
          await once(signal, 'abort');
          await new Promise(() => {});
          return { resolvers: {} };
        },
      },
    });
    const hosted = hosting([plugins.directory]);
    const starting = hosted.host.start();
    await started.opened;
    await hosted[Symbol.asyncDispose]();
    await Promise.all([starting, closed.opened]);
    assert.equal(hosted.status('slow').state.name, 'stopped');
  });

  it('finishes the call in flight, then releases, and refuses calls that come later', async () => {
    const steps: string[] = [];
    const asked = gate();
    const answer = gate();
    await using plugins = await scriptedPlugins({
      busy: {
        start({ onStop }) {
          onStop(() => {
            steps.push('released');
          });
          const resolve = async () => {
            asked.open();
            await answer.opened;
            steps.push('answered');
            return 'done';
          };
          return { resolvers: { Query: { busy: resolve } } };
        },
      },
    });
    const hosted = hosting([plugins.directory]);
    await hosted.host.start();
    const call = hosted.graph('busy', '{ busy }');
    await asked.opened;
    const draining = hosted.until('busy', 'draining');
    const stopping = hosted.host.stop();
    await draining;
    const later = await hosted.graph('busy', '{ busy }');
    assert.deepEqual(
      later.errors?.map(({ message, extensions }) => [message, extensions.code]),
      [['Plugin busy is not ready: it is draining', 'PLUGIN_UNAVAILABLE']],
    );
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    answer.open();
    assert.equal((await call).data?.busy, 'done');
    await stopping;
    assert.deepEqual(steps, ['answered', 'released']);
    await hosted[Symbol.asyncDispose]();
  });

  it('is left behind when it does not let go', async (test) => {
    test.mock.timers.enable({ apis: ['setTimeout'] });
    const steps: string[] = [];
    await using plugins = await scriptedPlugins({
      sticky: {
        start({ onStop }) {
          onStop(() => {
            steps.push('first opened');
          });
          onStop(() => new Promise(() => {}));
          return { resolvers: { Query: { sticky: () => new Promise(() => {}) } } };
        },
      },
    });
    const hosted = hosting([plugins.directory]);
    await hosted.host.start();
    void hosted.graph('sticky', '{ sticky }');
    let stopped = false;
    const stopping = hosted.host.stop().then(() => {
      stopped = true;
    });
    for (let second = 0; second < 10 && !stopped; second++) {
      test.mock.timers.tick(1_000);
      await nextTurn();
    }
    await stopping;
    assert.deepEqual(steps, ['first opened']);
    assert.match(hosted.log.map(({ message }) => message).join('\n'), /an onStop callback failed/);
    await hosted[Symbol.asyncDispose]();
  });
});

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
