import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { hosting } from './hosting.js';
import { scriptedPlugins } from './scripted-plugins.js';
import { gate, nextTurn } from './turns.js';

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
