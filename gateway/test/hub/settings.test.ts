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
      events: { webhooks: [] },
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

  const senders = (shop: string) => `events:\n  webhooks:\n    shop:\n      ${shop}\n`;
  const key = Buffer.alloc(24, 'k').toString('base64');

  it('hides the secrets of senders, wherever they came from', () => {
    const text = senders(`secrets: ["whsec_${key}", "\${SHOP_KEY}"]\n      types: ["order.*"]`);
    const other = Buffer.alloc(32, 'o').toString('base64');
    const { events, ...rest } = read(text, { SHOP_KEY: other });
    const [shop] = events.webhooks;
    assert.deepEqual([shop?.name, shop?.types], ['shop', ['order.*']]);
    assert.deepEqual(
      shop?.secrets.map((secret) => secret.reveal()),
      [`whsec_${key}`, other],
    );
    const shown = inspect({ events, rest }, { depth: 9 }) + JSON.stringify({ events, rest });
    assert.ok(!shown.includes(key) && !shown.includes(other));
  });

  it('refuses a secret that is none at its line, without showing it', () => {
    const cases = ['hunter2-hunter2-hunter2-hunter2-hunter2', 'aHVudGVyMg==', 'whsec_', ''];
    for (const secret of cases) {
      assert.throws(
        () => read(senders(`secrets: ["${secret}"]\n      types: ["order.*"]`)),
        (error: unknown) => {
          assert.ok(isDeskgraphError(error, 'CONFIG_INVALID'));
          assert.match(error.message, /:4:17: events\.webhooks\.shop\.secrets\.0: must match pattern/);
          return secret.length < 10 || !error.message.includes(secret);
        },
      );
    }
  });

  it('refuses a sender without secrets or types, and one whose secret is not set', () => {
    const problems = (text: string) => {
      try {
        read(senders(text));
      } catch (error) {
        assert.ok(isDeskgraphError(error, 'CONFIG_INVALID'));
        return error.message;
      }
      return 'accepted';
    };
    assert.match(problems(`secrets: []\n      types: ["*"]`), /secrets: must NOT have fewer than 1 items/);
    assert.match(problems(`secrets: ["${key}"]`), /"types" is missing/);
    assert.match(problems(`secrets: ["${key}"]\n      types: ["*.paid"]`), /types\.0: must match pattern/);
    const unset = problems(`secrets: ["$` + `{SHOP_KEY}"]\n      types: ["*"]`);
    assert.match(
      unset,
      /:4:17: events\.webhooks\.shop\.secrets\.0: the environment variable SHOP_KEY is not set/,
    );
  });

  it('refuses two senders with one secret: by it they are told apart', () => {
    const text = `${senders(`secrets: ["${key}"]\n      types: ["*"]`)}    erp:\n      secrets: ["whsec_${key}"]\n      types: ["*"]\n`;
    assert.throws(() => read(text), {
      code: 'CONFIG_INVALID',
      message: 'events.webhooks: shop and erp have the same secret. Give each a secret of its own.',
    });
  });
});
