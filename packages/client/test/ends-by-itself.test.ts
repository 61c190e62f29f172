import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { ProtocolServer, said } from './rig/protocol-server.js';

/** Runs a program of a few lines with a client of the server. @returns what it printed, when it has ended by itself */
async function run(server: ProtocolServer, program: string): Promise<string> {
  const modules = new URL('../src/index.js', import.meta.url).href;
  const lines = [
    `import { createDeskgraphClient } from ${JSON.stringify(modules)};`,
    `import { WebSocket } from ${JSON.stringify(import.meta.resolve('ws'))};`,
    `const retry = { firstMs: 1, longestMs: 5 };`,
    `const keepAlive = { pingMs: 20, pongMs: 20 };`,
    `const options = { url: ${JSON.stringify(server.url)}, webSocket: WebSocket, idleCloseMs: 1, retry, keepAlive };`,
    `const client = createDeskgraphClient(options);`,
    `const query = ${JSON.stringify(said)};`,
    program,
  ];
  const child = spawn(process.execPath, ['--input-type=module', '--eval', lines.join('\n')]);
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => output.push(String(text)));
  const [code] = await once(child, 'close');
  assert.equal(code, 0, output.join(''));
  return output.join('').trim();
}

describe('a process with a client ends by itself', { timeout: 60_000 }, () => {
  const programs = {
    'once it is disposed of': `
      client.subscribe({ query }, { begin: () => client.dispose(), next() {}, complete: () => console.log('done') });`,
    'once nobody subscribes': `
      const subscription = client.subscribe({ query }, { begin: () => subscription.unsubscribe(), next() {} });
      console.log('done');`,
    'when it is disposed of before it is connected': `
      client.subscribe({ query }, { next() {}, complete: () => console.log('done') });
      client.onConnection(({ kind }) => kind === 'connecting' && setImmediate(() => client.dispose()));`,
    'when it is disposed of while it waits': `
      client.subscribe({ query }, { begin: () => client.dispose(), next() {}, complete: () => console.log('done') });
      client.onConnection(({ kind }) => kind === 'offline' && client.dispose());`,
    'when it is disposed of while the hub is gone without a word': `
      client.subscribe({ query }, { begin: () => setTimeout(() => client.dispose(), 15), next() {} });
      console.log('done');`,
    'after a hub that is gone without a word': `
      client.subscribe({ query }, { next() {}, complete: () => console.log('done') });
      client.onConnection(({ kind }) => kind === 'offline' && client.dispose());`,
  };
  for (const [name, program] of Object.entries(programs)) {
    it(name, async () => {
      await using server = await ProtocolServer.start();
      if (name.includes('waits')) server.answer = () => void server.cut();
      if (name.includes('gone')) server.freezeWhenAsked();
      assert.equal(await run(server, program), 'done');
    });
  }
});
