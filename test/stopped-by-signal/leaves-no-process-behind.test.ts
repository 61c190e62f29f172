import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { it } from 'node:test';
import { HubProcess, temporaryDataDir } from '../hub-process/hub-process.js';

const onLinux = process.platform === 'linux';

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  it(`${signal} stops the hub within ten seconds and leaves no process behind`, {
    skip: onLinux ? false : 'reads /proc',
  }, async () => {
    await using dataDir = await temporaryDataDir();
    const hub = await HubProcess.start(dataDir.path, ['--no-demo']);
    const family = descendants(hub.pid).concat(processesWith(dataDir.path));
    assert.ok(family.length >= 3, `expected planners and PostgreSQL, found ${family.length} processes`);
    const { code, tookMs } = await hub.end(signal);
    assert.equal(code, 0);
    assert.ok(tookMs < 10_000, `took ${tookMs} ms`);
    assert.deepEqual(family.filter(isRunning), []);
  });
}

it('a hub that was stopped starts again', async (test) => {
  await using dataDir = await temporaryDataDir();
  await (await HubProcess.start(dataDir.path)).end('SIGTERM');
  const begin = performance.now();
  await using _hub = await HubProcess.start(dataDir.path);
  test.diagnostic(`ready after ${Math.round(performance.now() - begin)} ms`);
});

/** Children of a process and theirs. */
function descendants(pid: number): number[] {
  const children = processIds().filter((candidate) => parentOf(candidate) === pid);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** Processes that have a text in their command line. */
function processesWith(text: string): number[] {
  return processIds().filter((pid) => read(pid, 'cmdline').includes(text) && pid !== process.pid);
}

function processIds(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

function parentOf(pid: number): number {
  const stat = read(pid, 'stat');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function isRunning(pid: number): boolean {
  const stat = read(pid, 'stat');
  return stat !== '' && !/\) Z /.test(stat);
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
