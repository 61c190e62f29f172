import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fixture, type Hosting, startBesideHealthy } from './hosting.js';

async function errorsOf(hosted: Hosting, plugin: string, query: string) {
  const { data, errors = [] } = await hosted.graph(plugin, query);
  const found = errors.map(({ message, path, extensions: { code, ...rest } }) => ({
    message,
    path: path?.join('.'),
    code,
    ...rest,
  }));
  return { data: data && { ...data }, errors: found };
}

describe('a plugin that misbehaves while it serves costs its own fields, and a healthy one serves', () => {
  it('a bug is masked for the client, with the request to look up, and logged for the operator', async () => {
    await using hosted = await startBesideHealthy(['crashes-in-resolver']);
    const { data, errors } = await errorsOf(hosted, 'crashes-in-resolver', '{ bug thrownText fine }');
    assert.deepEqual(data, { bug: null, thrownText: null, fine: 'fine' });
    assert.deepEqual(
      errors,
      ['bug', 'thrownText'].map((path) => ({
        message: 'Plugin crashes-in-resolver failed; see request r-1 in the log.',
        path,
        code: 'INTERNAL_ERROR',
      })),
    );
    const lines = hosted.log.filter(({ level }) => level === 'error');
    assert.deepEqual(
      lines.map(({ fields: { plugin, phase, requestId, path } }) => ({ plugin, phase, requestId, path })),
      ['bug', 'thrownText'].map((field) => ({
        plugin: 'crashes-in-resolver',
        phase: 'serve',
        requestId: 'r-1',
        path: [field],
      })),
    );
    assert.match(String(lines[0]?.fields.error), /TypeError: Cannot read properties of undefined/);
    assert.match(String(lines[1]?.fields.error), /hunter2/);
    assert.equal((await hosted.graph('healthy', '{ healthy }')).data?.healthy, 'still here');
  });

  it('what a resolver says on purpose keeps its message and code', async () => {
    await using hosted = await startBesideHealthy(['crashes-in-resolver']);
    const { errors } = await errorsOf(hosted, 'crashes-in-resolver', '{ domain coded }');
    assert.deepEqual(errors, [
      { message: 'There is no such order.', path: 'domain', code: 'NOT_FOUND' },
      { message: 'Too many of them.', path: 'coded', code: 'TOO_MANY', limit: 3 },
    ]);
  });

  it('an entity that cannot be resolved costs itself, and not the others of the fetch', async () => {
    await using hosted = await startBesideHealthy(['crashes-in-resolver']);
    const representations = '[{ __typename: "Order", id: "a" }, { __typename: "Order", id: "cursed" }]';
    const query = `{ _entities(representations: ${representations}) { ... on Order { id } } }`;
    const { data, errors } = await errorsOf(hosted, 'crashes-in-resolver', query);
    assert.equal(JSON.stringify(data), '{"_entities":[{"id":"a"},null]}');
    assert.deepEqual(errors, [
      { message: 'This order is not yours.', path: '_entities.1', code: 'FORBIDDEN' },
    ]);
  });

  it('a value of the wrong shape is not shown to the client', async () => {
    await using hosted = await startBesideHealthy(['crashes-in-resolver']);
    const { errors } = await errorsOf(hosted, 'crashes-in-resolver', '{ wrongShape }');
    assert.equal(errors[0]?.code, 'INTERNAL_ERROR');
    assert.doesNotMatch(JSON.stringify(errors), /hunter2/);
  });

  it('holding the event loop is reported with the plugin’s name', async () => {
    await using hosted = await startBesideHealthy(['blocks']);
    assert.equal((await hosted.graph('blocks', '{ blocks }')).data?.blocks, 'done');
    const [line] = hosted.log.filter(({ level }) => level === 'warn');
    assert.match(
      line?.message ?? '',
      /^plugin blocks held the process for \d{3,} ms; move the work off the event loop/,
    );
    assert.deepEqual([line?.fields.plugin, line?.fields.phase], ['blocks', 'serve']);
    assert.equal((await hosted.graph('healthy', '{ healthy }')).data?.healthy, 'still here');
  });

  it('holding it later in a resolver is reported with the plugins that had calls', async () => {
    await using hosted = await startBesideHealthy(['blocks']);
    assert.equal((await hosted.graph('blocks', '{ blocksLater }')).data?.blocksLater, 'done');
    const { message } = await hosted.logged(({ fields }) => fields.plugins !== undefined);
    assert.match(message, /^the process was held for \d{3,} ms while these plugins had calls: blocks$/);
  });

  it('a promise that nobody awaits is reported and does not end the process', () => {
    const program = fileURLToPath(new URL('forgotten-await-program.js', import.meta.url));
    const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
    assert.equal(stderr, '');
    const [report, listeners] = stdout.trim().split('\n');
    assert.deepEqual(JSON.parse(report ?? ''), {
      plugin: 'forgets-await',
      message:
        'a promise of plugin forgets-await was rejected and nobody handles it; find the missing await or catch: Error: the audit log is full',
      data: { healthy: 'still here' },
    });
    assert.equal(listeners, '0');
  });

  it('an event that is not declared, or not as declared, reaches nobody', async () => {
    await using hosted = await startBesideHealthy(['undeclared-event']);
    const tail = await hosted.bus.tail('stock');
    const publish = (args: string) => errorsOf(hosted, 'undeclared-event', `{ undeclaredEvent(${args}) }`);
    assert.deepEqual((await publish('type: "stock.moved", sku: "a"')).errors, [
      {
        message:
          'Plugin undeclared-event published stock.moved, which its plugin.json does not declare. Add it under events.publishes (there: stock.changed).',
        path: 'undeclaredEvent',
        code: 'EVENT_UNDECLARED',
      },
    ]);
    const [invalid] = (await publish('type: "stock.changed"')).errors;
    assert.equal(invalid?.code, 'EVENT_INVALID');
    assert.match(
      invalid?.message ?? '',
      /the data of stock\.changed does not fit its schema: \(top\): "sku" is missing/,
    );
    assert.deepEqual((await publish('type: "stock.changed", sku: "a"')).errors, []);
    for await (const { event } of tail) {
      assert.deepEqual([event.source, event.data], ['/plugins/undeclared-event', { sku: 'a' }]);
      break;
    }
  });

  it('a call that does not answer is given up in time, and its resolver is told', async () => {
    const module = await import(pathToFileURL(`${fixture('hangs-in-resolver')}/plugin.js`).href);
    await using hosted = await startBesideHealthy(['hangs-in-resolver']);
    const told = once(module.given, 'up');
    const { data, errors } = await errorsOf(
      hosted,
      'hangs-in-resolver',
      '{ hangsInResolver(politely: true) }',
    );
    assert.equal(data, undefined);
    assert.deepEqual(errors, [
      {
        message: 'Plugin hangs-in-resolver did not answer within 30 ms (limits.callTimeoutMs).',
        path: undefined,
        code: 'SUBGRAPH_TIMEOUT',
      },
    ]);
    await told;
  });

  it('more calls than may wait are refused at once', async () => {
    await using hosted = await startBesideHealthy(['hangs-in-resolver']);
    const ask = () => errorsOf(hosted, 'hangs-in-resolver', '{ hangsInResolver }');
    const admitted = Array.from({ length: 1 + 16 }, ask);
    const refused = await ask();
    assert.equal(refused.errors[0]?.code, 'SUBGRAPH_OVERLOADED');
    for (const { errors } of await Promise.all(admitted)) {
      assert.match(String(errors[0]?.code), /^SUBGRAPH_(TIMEOUT|CIRCUIT_OPEN)$/);
    }
  });

  it('a plugin whose calls keep timing out is paused, shown as degraded, and taken back', async (test) => {
    await using hosted = await startBesideHealthy(['hangs-in-resolver']);
    const degraded = hosted.until('hangs-in-resolver', 'degraded');
    test.mock.timers.enable({ apis: ['Date'], now: Date.now() });
    for (let call = 0; call < 10; call++) await hosted.graph('hangs-in-resolver', '{ hangsInResolver }');
    const paused = await errorsOf(hosted, 'hangs-in-resolver', '{ quick }');
    assert.equal(paused.errors[0]?.code, 'SUBGRAPH_CIRCUIT_OPEN');
    assert.deepEqual((await degraded).state, {
      name: 'degraded',
      reason: 'most calls time out; they are paused',
    });
    test.mock.timers.tick(5_001);
    assert.deepEqual((await errorsOf(hosted, 'hangs-in-resolver', '{ quick }')).data, { quick: 'quick' });
    assert.equal(hosted.status('hangs-in-resolver').state.name, 'ready');
  });
});
