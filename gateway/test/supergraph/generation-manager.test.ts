import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { PlannerFleet } from '../../src/operations/planner-fleet.js';
import { composeSubgraphs } from '../../src/supergraph/composition/compose-subgraphs.js';
import type { Generation } from '../../src/supergraph/generation.js';
import { GenerationManager } from '../../src/supergraph/generation-manager.js';
import type { SubgraphEntry } from '../../src/supergraph/supergraph.js';
import { CountingTransport } from './counting-transport.js';
import { openHandles } from './open-handles.js';
import { RecordingLog } from './recording-log.js';

const anonymous = 'anonymous';
const ping = { query: '{ ping }', operationName: null };

/** Version n has a field of its own beside `ping`. */
function versionSdl(version: number, url = 'http://pings'): string {
  return composeSubgraphs([{ name: 'pings', url, sdl: `type Query { ping: Int v${version}: Int }` }]);
}

async function startManager(test: TestContext, sdl = versionSdl(0)) {
  const log = new RecordingLog();
  const fleet = new PlannerFleet({ log });
  test.after(() => fleet[Symbol.asyncDispose]());
  const transports: CountingTransport[] = [];
  const connect = (entry: SubgraphEntry) => {
    if (entry.url === '') throw new Error('Invalid URL');
    const transport = new CountingTransport(entry);
    transports.push(transport);
    return transport;
  };
  const manager = await GenerationManager.start(sdl, { fleet, connect, log });
  test.after(() => manager[Symbol.asyncDispose]());
  return { manager, fleet, transports, log };
}

/** A request as the gateway makes one: enters, prepares, works for some turns, leaves. */
async function read(generation: Generation, turns: number): Promise<void> {
  using _stay = generation.enter();
  const preparation = await generation.prepare(ping, anonymous);
  assert.equal(preparation.kind, 'prepared', JSON.stringify(preparation));
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
  for (const transport of generation.transports.values()) assertInUse(transport as CountingTransport);
}

function assertInUse(transport: CountingTransport): void {
  assert.equal(transport.disposals, 0, 'a request saw the transport of a generation that had ended');
}

describe('100 swaps under readers', () => {
  it('fail no request, end every old generation, and leave processes and handles as they were', async (test) => {
    const { manager, fleet, transports } = await startManager(test);
    await manager.load(versionSdl(999, 'http://other'));
    const pids = fleet.pids;
    const handles = openHandles();
    const readers: Promise<void>[] = [];
    for (let version = 1; version <= 100; version++) {
      for (let reader = 0; reader < 5; reader++)
        readers.push(read(manager.current, (version * 7 + reader) % 50));
      // Every other one at another address, so that transports come and go too.
      const swap = manager.load(versionSdl(version, `http://pings-${version % 2}`));
      readers.push(read(manager.current, 1));
      assert.equal(await swap, 'swapped');
    }
    await Promise.all(readers);
    await untilDisposed(transports, transports.length - 1);
    assert.equal(manager.current.number, 102);
    assert.deepEqual(fleet.pids, pids, 'no planner process was replaced');
    const grown = openHandles() - handles;
    // The planner process that follows the first may still be loading, under its deadline.
    assert.ok(grown <= 2, `${grown} more handles after 100 swaps`);
    assert.ok(transports.every((transport) => transport.disposals <= 1));
  });

  it('keep the connections of a subgraph whose name and URL stay', async (test) => {
    const { manager, transports } = await startManager(test);
    for (let version = 1; version <= 10; version++) await manager.load(versionSdl(version));
    assert.equal(transports.length, 1);
    assert.equal(transports[0]?.disposals, 0);
  });
});

async function untilDisposed(transports: readonly CountingTransport[], count: number): Promise<void> {
  while (transports.filter(({ disposals }) => disposals > 0).length < count) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a swap', () => {
  it('does not end a generation that somebody is in; the last to leave does', async (test) => {
    const { manager, transports } = await startManager(test);
    const old = manager.current;
    const [first, second] = [old.enter(), old.enter()];
    await manager.load(versionSdl(1, 'http://elsewhere'));
    assert.equal((await old.prepare({ query: '{ v0 }', operationName: null }, anonymous)).kind, 'prepared');
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    assertInUse(transports[0] as CountingTransport);
    second[Symbol.dispose]();
    await untilDisposed(transports, 1);
  });

  it('prepares the hottest operations before it happens', async (test) => {
    const { manager, fleet, log } = await startManager(test);
    await manager.current.prepare(ping, anonymous);
    await manager.current.prepare({ query: '{ v0 }', operationName: null }, anonymous);
    await manager.load(versionSdl(1));
    await log.said(/"operations":2/);
    await fleet[Symbol.asyncDispose]();
    // No planner is left, so what is prepared now was prepared before.
    assert.equal((await manager.current.prepare(ping, anonymous)).kind, 'prepared');
    assert.equal(
      (await manager.current.prepare({ query: '{ v1 }', operationName: null }, anonymous)).kind,
      'refused',
    );
  });

  it('is told to listeners, and one that throws keeps nothing from happening', async (test) => {
    const { manager, transports, log } = await startManager(test);
    const told: number[] = [];
    manager.onSwap(() => {
      throw new Error('a bad listener');
    });
    const stop = manager.onSwap((generation) => told.push(generation.number));
    await manager.load(versionSdl(1, 'http://elsewhere'));
    stop();
    await manager.load(versionSdl(2, 'http://elsewhere'));
    assert.deepEqual(told, [2]);
    await log.said(/listener/);
    await untilDisposed(transports, 1);
  });

  it('does not happen for the same supergraph, nor when many load it at once', async (test) => {
    const { manager } = await startManager(test);
    assert.equal(await manager.load(versionSdl(0)), 'unchanged');
    const loads = await Promise.all([1, 1, 2, 2].map((version) => manager.load(versionSdl(version))));
    assert.deepEqual(loads, ['swapped', 'unchanged', 'swapped', 'unchanged']);
    assert.equal(manager.current.number, 3);
  });
});

describe('a load that fails', () => {
  for (const [name, sdl] of [
    ['is no supergraph', 'type Query { a: Int }'],
    ['has a subgraph without an address', composeSubgraphs([{ name: 'a', sdl: 'type Query { a: Int }' }])],
  ] as const) {
    it(`because it ${name} leaves the current generation in service and nothing behind`, async (test) => {
      const { manager, transports } = await startManager(test);
      const current = manager.current;
      await assert.rejects(manager.load(sdl), (error) => isDeskgraphError(error, 'SUPERGRAPH_INVALID'));
      assert.equal(manager.current, current);
      assert.equal((await current.prepare(ping, anonymous)).kind, 'prepared');
      assert.equal(transports.length, 1);
      await manager.load(versionSdl(1));
    });
  }

  it('half way connects nothing for good: what was connected for it is ended', async (test) => {
    const { manager, transports } = await startManager(test);
    const sdl = composeSubgraphs([
      { name: 'a-good-one', url: 'http://good', sdl: 'type Query { a: Int }' },
      { name: 'bad', sdl: 'type Query { b: Int }' },
    ]);
    await assert.rejects(manager.load(sdl), /"bad" cannot be reached at ""/);
    assert.deepEqual(
      transports.map(({ serviceName, disposals }) => [serviceName, disposals]),
      [
        ['pings', 0],
        ['a-good-one', 1],
      ],
    );
  });

  it('at the start rejects the start', async (test) => {
    await assert.rejects(startManager(test, 'type Query'), (error) =>
      isDeskgraphError(error, 'SUPERGRAPH_INVALID'),
    );
  });
});

describe('the end of the manager', () => {
  it('ends what is in service, though somebody is still inside', async (test) => {
    const { manager, transports } = await startManager(test);
    using _stay = manager.current.enter();
    await manager[Symbol.asyncDispose]();
    assert.equal(transports[0]?.disposals, 1);
  });

  it('takes no further supergraph, so that none is left behind', async (test) => {
    const { manager, transports } = await startManager(test);
    const ending = manager[Symbol.asyncDispose]();
    await assert.rejects(manager.load(versionSdl(1, 'http://late')), /stopping/);
    await ending;
    assert.deepEqual(
      transports.map(({ disposals }) => disposals),
      [1],
    );
  });
});
