import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { installPrograms, startTestServers } from './servers.js';
import { Tally, type TestEvent } from './tally.js';
import { findTestFiles } from './test-files.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const usage = `npm test [-- PART...]
Runs every test, or the test files whose path contains a PART: npm test -- gateway/test/http`;

/** A test file that hangs is ended after this long. */
const fileTimeoutMs = 5 * 60_000;

const filters = process.argv.slice(2);
if (filters.includes('--help')) {
  console.log(usage);
  process.exit(0);
}
const files = findTestFiles(root, filters);
if (files.length === 0) {
  console.error(`No test file's path contains ${filters.join(' or ')}.`);
  process.exit(1);
}

installPrograms(console.error);
const tally = new Tally();
{
  await using servers = await startTestServers();
  Object.assign(process.env, servers.environment);
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --enable-source-maps`.trim();
  await runTests();
}
console.log(tally.report());
process.exitCode = tally.failed > 0 ? 1 : 0;

async function runTests(): Promise<void> {
  const stream = run({ files, concurrency: availableParallelism(), timeout: fileTimeoutMs });
  stream.on('test:pass', (event) => tally.pass(event as TestEvent));
  stream.on('test:fail', (event) => tally.fail(event as TestEvent));
  for await (const text of stream.compose(new spec())) process.stdout.write(text as string);
}
