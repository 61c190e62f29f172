import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pluginContract } from '@deskgraph/plugin-testing';

pluginContract(new URL('../../test/fixtures/counter', import.meta.url));

describe('the plugin contract', () => {
  it('fails for each promise that a careless plugin breaks', () => {
    const program = fileURLToPath(new URL('careless-plugin.js', import.meta.url));
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { stdout } = spawnSync(
      process.execPath,
      ['--test', '--test-force-exit', '--test-reporter=tap', program],
      {
        env,
        encoding: 'utf8',
      },
    );
    const failed = [...stdout.matchAll(/^ +not ok \d+ - (.*)$/gm)].map(([, name]) => name);
    assert.deepEqual(failed, [
      'its folder explains it: README.md, and a description in plugin.json',
      'each configuration key is described, and has a default or is required',
      'an unknown Thing by "id owner { number }" is null and not an error',
      'with the demonstration data',
      'stops within its time and leaves nothing open',
    ]);
    assert.match(stdout, /1 Timeout/);
  });
});
