import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { readSettings } from '@deskgraph/gateway';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';

describe('deskgraph.config.yaml', () => {
  const directory = mkdtempSync(join(tmpdir(), 'deskgraph-settings-'));
  const file = join(directory, 'deskgraph.config.yaml');
  after(() => rmSync(directory, { recursive: true }));

  const read = (text: string, environment: Record<string, string> = {}) => {
    writeFileSync(file, text);
    return readSettings(file, environment);
  };

  it('need not exist: every setting but the database has a default', () => {
    const { locate: _, ...settings } = readSettings(join(directory, 'nowhere.yaml'), {});
    assert.deepEqual(settings, {
      server: { host: '127.0.0.1', port: 4000, maxBodyBytes: 1_048_576 },
      dataDir: '.deskgraph',
      demo: true,
      logLevel: 'info',
      pluginDirectories: ['plugins'],
      disabledPlugins: [],
      plugins: {},
      file: join(directory, 'nowhere.yaml'),
    });
  });

  it('is refused with every problem at its line, and the variable that is wrong', () => {
    assert.throws(
      () => read('server:\n  prot: 80\nloglevel: info\n', { PORT: 'eighty' }),
      (error: unknown) => {
        assert.ok(isDeskgraphError(error, 'CONFIG_INVALID'));
        assert.deepEqual([...(error.details.problems as string[])].sort(), [
          `${file}:2:3: server.prot: unknown key "prot"; did you mean "port"?`,
          `${file}:3:1: loglevel: unknown key "loglevel"; did you mean "logLevel"?`,
          'PORT: server.port: must be integer',
        ]);
        return true;
      },
    );
  });

  it('hides the connection string, wherever it came from', () => {
    const secret = 'postgres://desk:hunter2@db/desk';
    for (const settings of [
      read('databaseUrl: "$' + '{SECRET_URL}"', { SECRET_URL: secret }),
      read('', { DATABASE_URL: secret }),
    ]) {
      assert.equal(settings.databaseUrl?.reveal(), secret);
      assert.doesNotMatch(inspect(settings, { depth: 9 }) + JSON.stringify(settings), /hunter2/);
    }
  });

  it('leaves what is a plugin’s to the plugin’s own schema, and knows its lines', () => {
    const settings = read('plugins:\n  chat:\n    port: "$' + '{PORT_OF_CHAT}"\n');
    assert.deepEqual(settings.plugins, { chat: { port: '$' + '{PORT_OF_CHAT}' } });
    assert.equal(settings.locate(['chat', 'port']), `${file}:3:5`);
  });
});
