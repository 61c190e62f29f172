import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readSettings } from '@deskgraph/gateway';
import { HubProcess, temporaryDataDir } from '../hub-process/hub-process.js';
import { runCommand } from '../hub-process/run-command.js';

const text = readFileSync(fileURLToPath(new URL('../../../docs/operations.md', import.meta.url)), 'utf8');
const missing = ['curl', 'openssl'].filter((program) => spawnSync(program, ['--help']).error !== undefined);

/** The document's only block in a language. */
function block(language: string): string {
  const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))];
  assert.equal(blocks.length, 1);
  return blocks[0]?.[1] as string;
}

describe('docs/operations.md', () => {
  let directory: Awaited<ReturnType<typeof temporaryDataDir>>;
  let hub: HubProcess;
  before(async () => {
    directory = await temporaryDataDir();
    hub = await HubProcess.start(directory.path);
  });
  after(async () => {
    await hub[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });

  const shell = async (script: string, environment: Record<string, string>) => {
    const env = { ...process.env, ...environment };
    return (await promisify(execFile)('sh', ['-euc', script], { env, timeout: 30_000 })).stdout;
  };

  it('posts an event with curl and openssl, and the same again is a duplicate', {
    skip: missing.length > 0 && `${missing.join(' and ')} is not installed`,
  }, async () => {
    const environment = {
      HUB: hub.url,
      SECRET: readFileSync(join(directory.path, 'identity/webhook.key'), 'utf8').trim(),
    };
    const first = await shell(block('sh'), environment);
    assert.ok(text.includes(`\`${first}\``), first);
    assert.deepEqual(JSON.parse(first), { id: 'payment-77310', duplicate: false });
    assert.deepEqual(JSON.parse(await shell(block('sh'), environment)), {
      id: 'payment-77310',
      duplicate: true,
    });
  });

  it('configures a sender with a secret made as it says', {
    skip: missing.includes('openssl') && 'openssl is not installed',
  }, async () => {
    const command = /`(echo "whsec_.*?)`/.exec(text)?.[1];
    assert.ok(command !== undefined);
    const secret = (await shell(command, {})).trim();
    const file = join(directory.path, 'senders.yaml');
    await writeFile(file, block('yaml'));
    const [shop] = readSettings(file, { SHOP_WEBHOOK_SECRET: secret }).events.webhooks;
    assert.deepEqual([shop?.name, shop?.types, shop?.secrets[0]?.reveal()], ['shop', ['order.*'], secret]);
  });

  it('names commands and options that there are', async () => {
    const lines = [...text.matchAll(/^ {4}npm run -s deskgraph -- events (\S+)(.*)$/gm)];
    assert.ok(lines.length >= 8);
    const help = new Map<string, string>();
    for (const [line, name, rest] of lines as unknown as [string, string, string][]) {
      if (!help.has(name)) help.set(name, (await runCommand(['events', name, '--help'])).stdout);
      for (const [option] of rest.matchAll(/--[\w-]+/g))
        assert.ok(help.get(name)?.includes(`${option} `), line);
    }
  });

  it('names metrics that there are', async () => {
    const metrics = await (await fetch(`${hub.url}/metrics`)).text();
    const names = new Set([...text.matchAll(/`(deskgraph_\w+)`/g)].map(([, name]) => name as string));
    assert.ok(names.size >= 9);
    const absent = [...names].filter((name) => !metrics.includes(`# HELP ${name} `));
    // The schema of the outbox is no metric.
    assert.deepEqual(absent, ['deskgraph_events']);
  });
});
