import assert from 'node:assert/strict';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { DeskgraphError, isDeskgraphError } from '@deskgraph/plugin-sdk';
import { openSupergraphFile } from '../../src/supergraph/sources/supergraph-file.js';
import { RecordingLog } from './recording-log.js';
import { Loads, temporaryFolder } from './source-readers.js';

async function followed(test: TestContext, file: string, pollMs?: number) {
  const log = new RecordingLog();
  const source = await openSupergraphFile(file, { log, ...(pollMs === undefined ? {} : { pollMs }) });
  test.after(() => source[Symbol.asyncDispose]());
  const loads = new Loads();
  source.follow(loads.load);
  return { source, loads, log };
}

describe('a supergraph file', () => {
  it('is followed when it is written again', async (test) => {
    const file = join(await temporaryFolder(test), 'supergraph.graphql');
    await writeFile(file, 'one');
    const { source, loads } = await followed(test, file);
    assert.equal(source.initialSdl, 'one');
    await writeFile(file, 'two');
    await loads.got('two');
    assert.ok(!loads.loaded.includes('one'), 'what is in service is not loaded again');
  });

  it('is followed when an editor renames another over it, again and again', async (test) => {
    const folder = await temporaryFolder(test);
    const file = join(folder, 'supergraph.graphql');
    await writeFile(file, 'version 0');
    const { loads } = await followed(test, file);
    for (const version of [1, 2, 3]) {
      await writeFile(join(folder, 'next'), `version ${version}`);
      await rename(join(folder, 'next'), file);
      await loads.got(`version ${version}`);
    }
  });

  it('is followed when the link to its folder is swapped, as container platforms do', async (test) => {
    const folder = await temporaryFolder(test);
    for (const version of ['v1', 'v2']) {
      await mkdir(join(folder, version));
      await writeFile(join(folder, version, 'supergraph.graphql'), version);
    }
    await symlink('v1', join(folder, 'data'));
    await symlink(join('data', 'supergraph.graphql'), join(folder, 'supergraph.graphql'));
    const { loads } = await followed(test, join(folder, 'supergraph.graphql'));
    await symlink('v2', join(folder, 'data-next'));
    await rename(join(folder, 'data-next'), join(folder, 'data'));
    await loads.got('v2');
  });

  it('may be missing for a while: that is said once, and the file is found when it comes back', async (test) => {
    const file = join(await temporaryFolder(test), 'supergraph.graphql');
    await writeFile(file, 'one');
    const { loads, log } = await followed(test, file, 20);
    await rm(file);
    await log.said(/no new supergraph.*cannot be read/);
    await writeFile(file, 'two');
    await loads.got('two');
    await log.said(/well again/);
    assert.equal(log.messages.filter((message) => /cannot be read/.test(message)).length, 1);
  });

  it('may lose its whole folder for a while', async (test) => {
    const folder = join(await temporaryFolder(test), 'deployment');
    const file = join(folder, 'supergraph.graphql');
    await mkdir(folder);
    await writeFile(file, 'one');
    const { loads, log } = await followed(test, file, 20);
    await rm(folder, { recursive: true });
    await log.said(/cannot be read/);
    await mkdir(folder);
    await writeFile(file, 'two');
    await loads.got('two');
  });

  it('is not handed over half: an emptied file is one that is being written', async (test) => {
    const file = join(await temporaryFolder(test), 'supergraph.graphql');
    await writeFile(file, 'one');
    const { loads } = await followed(test, file);
    await writeFile(file, 'two');
    await loads.got('two');
    await writeFile(file, '');
    // Longer than the source waits for a writer to go on.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await writeFile(file, 'the whole text');
    await loads.got('the whole text');
    assert.deepEqual(loads.loaded, ['two', 'the whole text']);
  });

  it('that does not load is reported and stays away; the next version is loaded', async (test) => {
    const file = join(await temporaryFolder(test), 'supergraph.graphql');
    await writeFile(file, 'one');
    const log = new RecordingLog();
    await using source = await openSupergraphFile(file, { log });
    const loads = new Loads();
    source.follow(async (sdl) => {
      if (sdl === 'bad') throw new DeskgraphError('SUPERGRAPH_INVALID', 'it is bad');
      await loads.load(sdl);
    });
    await writeFile(file, 'bad');
    await log.said(/the one in service stays. it is bad/);
    await writeFile(file, 'good');
    await loads.got('good');
  });

  it('that does not exist at the start is an error that names it', async () => {
    await assert.rejects(
      openSupergraphFile('/nowhere/at/all.graphql', { log: new RecordingLog() }),
      (error) => {
        assert.ok(isDeskgraphError(error, 'SUPERGRAPH_INVALID'));
        assert.match(error.message, /\/nowhere\/at\/all.graphql.*--supergraph/);
        return true;
      },
    );
  });
});
