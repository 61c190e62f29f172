import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseLocated } from '@deskgraph/plugin-host';
import { fixture, type Hosting, startBesideHealthy } from './hosting.js';

async function assertHealthyServes({ graph }: Hosting): Promise<void> {
  const { data, errors } = await graph('healthy', '{ healthy }');
  assert.deepEqual({ ...data, errors }, { healthy: 'still here', errors: undefined });
}

function assertSays(text: string, parts: readonly string[]): void {
  for (const part of parts) assert.ok(text.includes(part), `"${part}" is not in:\n${text}`);
}

// The plugins of this file throw as soon as their module is loaded: a report of phase `start` would show that.
describe('a plugin that is wrong on paper is reported before its code runs, and a healthy one serves', () => {
  const cases: { plugin: string; phase: string; code: string; says: string[] }[] = [
    {
      plugin: 'bad-manifest',
      phase: 'discover',
      code: 'MANIFEST_INVALID',
      says: [
        `${fixture('bad-manifest')}/plugin.json:4:3: hots: unknown key "hots"; did you mean "host"?`,
        '"host" is missing',
        'plugin.json:5:3: entry: ',
        'plugin.json:8:5: limits.callTimeoutMs: must be integer',
      ],
    },
    {
      plugin: 'bad-manifest-syntax',
      phase: 'discover',
      code: 'MANIFEST_INVALID',
      says: ['bad-manifest-syntax/plugin.json: Unexpected token'],
    },
    {
      plugin: 'wrong-hub',
      phase: 'discover',
      code: 'PLUGIN_INCOMPATIBLE',
      says: [
        'wrong-hub/plugin.json:4:3: host: the plugin asks for hub >=9.0.0, this is 0.1.0; install a version',
      ],
    },
    {
      plugin: 'missing-files',
      phase: 'validate',
      code: 'MANIFEST_INVALID',
      says: [
        'missing-files/settings.json: ENOENT',
        'entry: there is no dist/plugin.js; build the plugin first',
        'migrations: there is no migrations',
        'missing-files/a.b.json: event a.b: ENOENT',
      ],
    },
    {
      plugin: 'bad-sdl',
      phase: 'validate',
      code: 'PLUGIN_SDL_INVALID',
      says: [
        'bad-sdl/schema.graphql:4:11: Unknown type "Unknown"',
        'schema.graphql:5:16: Unknown type "Missing"',
      ],
    },
    {
      plugin: 'bad-sdl-syntax',
      phase: 'validate',
      code: 'PLUGIN_SDL_INVALID',
      says: ['bad-sdl-syntax/schema.graphql:3:1: Syntax Error'],
    },
    {
      plugin: 'non-null-root',
      phase: 'validate',
      code: 'PLUGIN_SDL_INVALID',
      says: [
        'schema.graphql:2: Query.nonNullRoot is non-null, but the plugin is optional',
        'Make the field nullable, or set "failure": "required".',
        'schema.graphql:6: Subscription.ticked: the topic "clock.{args.number}" names the argument "number"',
        'schema.graphql:7: Subscription.tocked has no @eventSource. Add one',
      ],
    },
    {
      plugin: 'type-conflict',
      phase: 'compose',
      code: 'COMPOSITION_FAILED',
      says: ['Plugin type-conflict does not compose', 'was left out', 'Query.healthy', 'type "Int"'],
    },
  ];
  for (const { plugin, phase, code, says } of cases) {
    it(plugin, async () => {
      await using hosted = await startBesideHealthy([plugin]);
      const failure = hosted.failure(plugin);
      assert.deepEqual([failure.phase, failure.code, failure.retries], [phase, code, false]);
      assertSays(failure.message, says);
      const line = hosted.log.find(({ level, fields }) => level === 'error' && fields.plugin === plugin);
      assertSays(line?.message ?? '', [`plugin ${plugin} failed to ${phase}: `, ...says]);
      await assertHealthyServes(hosted);
    });
  }

  it('an unknown configuration key is refused at its line in the operator’s file', async () => {
    const file = 'deskgraph.config.yaml';
    const document = parseLocated(
      'plugins:\n  unknown-config-key:\n    pollSecond: 5\n    hosts: [a, 5]\n',
      file,
    );
    const { plugins } = document.value as { plugins: Record<string, unknown> };
    await using hosted = await startBesideHealthy(['unknown-config-key'], {
      config: { values: plugins, source: file, locate: (path) => document.locate(['plugins', ...path]) },
    });
    const failure = hosted.failure('unknown-config-key');
    assert.deepEqual([failure.phase, failure.code], ['validate', 'CONFIG_INVALID']);
    assertSays(failure.message, [
      'deskgraph.config.yaml:3:5: pollSecond: unknown key "pollSecond"; did you mean "pollSeconds"?',
      'deskgraph.config.yaml:4:16: hosts.1: must be string',
    ]);
    await assertHealthyServes(hosted);
  });

  it('a required plugin that cannot be read stays required', async () => {
    await using hosted = await startBesideHealthy(['bad-manifest', 'bad-manifest-syntax']);
    assert.equal(hosted.status('bad-manifest').failure, 'required');
    assert.equal(hosted.status('bad-manifest-syntax').failure, 'optional');
  });

  it('settings for a plugin that is not there are reported, not ignored', async () => {
    await using hosted = await startBesideHealthy([], {
      config: { values: { helthy: { a: 1 } }, source: 'deskgraph.config.yaml' },
      disabled: ['chat'],
    });
    assertSays(hosted.failure('helthy').message, ['there is no plugin "helthy"; did you mean "healthy"?']);
    assertSays(hosted.failure('chat').message, ['the list of disabled plugins: there is no plugin "chat"']);
  });

  it('a disabled plugin is left alone, however wrong it is', async () => {
    await using hosted = await startBesideHealthy(['bad-sdl', 'bad-manifest'], {
      disabled: ['bad-sdl', 'bad-manifest'],
    });
    assert.deepEqual(
      hosted.host.statuses.map(({ id }) => id),
      ['healthy'],
    );
  });
});
