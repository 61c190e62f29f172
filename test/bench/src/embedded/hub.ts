import { readSettings, startHub } from '@deskgraph/gateway';

/** The hub with its demonstration, in a process of its own; tells its port and a token. */
const [, , dataDir] = process.argv;
const environment = { ...process.env, PORT: '0', DESKGRAPH_DATA_DIR: dataDir, DESKGRAPH_LOG_LEVEL: 'error' };
const hub = await startHub(readSettings('none.yaml', environment), environment);
await hub.started;
const page = await (await fetch(`${hub.url}/`)).text();
process.send?.({ port: Number(new URL(hub.url).port), token: /Bearer ([\w.-]+)/.exec(page)?.[1] });
process.on('disconnect', async () => {
  await hub[Symbol.asyncDispose]();
  process.exit();
});
