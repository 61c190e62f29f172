import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ConsumingHub } from '../hub-process/consuming-hub.js';
import { RunningCommand, runCommand } from '../hub-process/run-command.js';
import { orderPaid, Shop } from '../hub-process/shop.js';
import { jsonLines } from './json-lines.js';

describe('deskgraph events, beside a running hub', () => {
  let hub: ConsumingHub;
  before(async () => {
    hub = await ConsumingHub.start();
  });
  after(() => hub[Symbol.asyncDispose]());

  const args = (...given: readonly string[]) => ['events', ...given, '-c', hub.config];
  const events = (...given: readonly string[]) => runCommand(args(...given));
  const post = (subject: string, ...more: readonly string[]) =>
    events('post', '--url', hub.url, '--type', 'order.paid', '--subject', subject, ...more);
  /** Posts without the command, which takes a second to start. */
  const place = (subject: string) => new Shop(hub.url, hub.secret).post(orderPaid(subject));
  const order = (data: object) => ['--data', JSON.stringify({ orderId: 'o', ...data })];

  it('post: signs with the demonstration’s own secret, which nobody else may read', async () => {
    const first = await post('first', '--id', 'evt-1', ...order({}));
    assert.deepEqual(first, { code: 0, stdout: 'evt-1 stored.\n', stderr: '' });
    await hub.untilHandled('ledger', 'first');
    const again = await post('first', '--id', 'evt-1', '--json', ...order({}));
    assert.deepEqual(JSON.parse(again.stdout), { id: 'evt-1', duplicate: true });
    assert.equal((await stat(join(hub.dataDir, 'identity/webhook.key'))).mode & 0o777, 0o600);
  });

  it('post: takes data and whole events from stdin, and signs as a configured sender', async () => {
    const shop = ['--url', hub.url, '--sender', 'shop'];
    const data = await new RunningCommand(
      args('post', ...shop, '--type', 'order.paid', '--subject', 'stdin', '--data', '@-'),
      '{"orderId":"o","note":"已付款"}',
    ).end();
    assert.deepEqual([data.code, data.stderr], [0, '']);
    const [{ event }] = jsonLines(await events('list', '--json', '-n', '1'));
    assert.deepEqual(event.data, { orderId: 'o', note: '已付款' });
    assert.deepEqual([event.topic, event.partitionkey, event.source], ['order.paid', 'stdin', '/cli']);
    const whole = await new RunningCommand(
      args('post', ...shop, '--event', '-'),
      '{"specversion":"1.0"}',
    ).end();
    assert.equal(whole.code, 1);
    assert.match(
      whole.stderr,
      /^The event is not a CloudEvents 1\.0 event: id must be .*\n\(EVENT_INVALID\)\n$/,
    );
  });

  it('post: tells refusals and mistakes with their code, and never the secret', async () => {
    const secretFile = join(hub.dataDir, 'secret');
    const refused = async (code: string, ...given: readonly string[]) => {
      const result = await events('post', '--url', hub.url, '--type', 'order.paid', ...given);
      assert.equal(result.code, 1);
      assert.ok(result.stderr.endsWith(`(${code})\n`), result.stderr);
      return result.stderr;
    };
    await writeFile(secretFile, `whsec_${randomBytes(32).toString('base64')}\n`);
    await refused('WEBHOOK_SIGNATURE_INVALID', '--secret-file', secretFile, ...order({}));
    await writeFile(secretFile, 'hunter2 is no base64');
    assert.doesNotMatch(await refused('BAD_USER_INPUT', '--secret-file', secretFile), /hunter2/);
    await rm(secretFile);
    assert.match(await refused('BAD_USER_INPUT', '--secret-file', secretFile), /cannot be read/);
    assert.match(await refused('BAD_USER_INPUT', '--sender', 'shpo'), /\(there: shop, demo\)/);
    assert.match(await refused('EVENT_INVALID', '--data', '{}'), /Plugin ledger: .*"orderId" is missing/);
    assert.match(await refused('BAD_USER_INPUT', '--data', '{'), /--data is no JSON/);
    await refused('UPSTREAM_UNREACHABLE', '--url', 'http://127.0.0.1:1', ...order({}));
  });

  it('list: shows what was published, as people and as programs read it', async () => {
    await post(
      'listed',
      '--topic',
      'orders.listed',
      '--id',
      'evt-listed',
      ...order({ note: 'a\u001b[31m\u009b' }),
    );
    await hub.untilHandled('points', 'listed');
    const { stdout } = await events('list', '--topic', 'orders.*', '--data');
    assert.match(
      stdout,
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}order\.paid {2}orders\.listed {2}listed {2}\/cli {2}evt-listed {2}\{.*\}\n$/,
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal
    assert.doesNotMatch(stdout, /[\u001b\u009b]/);
    const [record, ...more] = jsonLines(
      await events('list', '--type', 'order.paid', '--since', '1h', '-n', '1', '--json'),
    );
    assert.deepEqual(
      [record.event.id, record.event.data.note, more],
      ['evt-listed', 'a\u001b[31m\u009b', []],
    );
    assert.deepEqual(jsonLines(await events('list', '--topic', 'orders', '--json')), []);
    const mistyped = await events('list', '--since', 'yesterday');
    assert.equal(mistyped.code, 1);
    assert.match(mistyped.stderr, /It must be how long ago \(15m, 2h, 1d\) or a time/);
  });

  it('tail: shows what is published from then on, until Ctrl-C', async () => {
    const tail = new RunningCommand(args('tail', 'orders.tailed', '--json'));
    await tail.until('Following');
    await place('elsewhere');
    await post('tailed', '--topic', 'orders.tailed', ...order({}));
    await tail.until('orders.tailed');
    const result = await tail.end('SIGINT');
    assert.deepEqual(
      jsonLines(result).map(({ event }) => event.subject),
      ['tailed'],
    );
    assert.equal(result.code, 0);
  });

  it('tail: ends when nobody reads it any more', async () => {
    const tail = new RunningCommand(args('tail', '--since', '1h'));
    await tail.until('orders.tailed');
    tail.stopReading();
    await place('unread');
    assert.equal((await tail.end()).code, 0);
  });
});
