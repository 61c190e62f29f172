import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folders: Readonly<Record<string, string>> = {
  client: fileURLToPath(new URL('../../src', import.meta.url)),
  'graphql-ws': dirname(fileURLToPath(import.meta.resolve('graphql-ws/client'))),
};

const page = `<!doctype html><meta charset="utf-8"><title>client</title><link rel="icon" href="data:,">
<script type="importmap">{"imports":{"@deskgraph/client":"/client/index.js","graphql-ws/client":"/graphql-ws/client.js"}}</script>
<script type="module">
  import * as client from '@deskgraph/client';
  globalThis.desk = { ...client, texts: [], begun: 0 };
</script>`;

/** Serves a page that has the client as modules, as the compiler wrote them. */
export async function serveModules(): Promise<{ readonly url: string } & AsyncDisposable> {
  const server: Server = createServer(({ url = '/' }, response) => {
    if (url === '/') {
      response.setHeader('content-type', 'text/html');
      response.end(page);
      return;
    }
    const [, folder = '', ...path] = url.split('/');
    const file = join(folders[folder] ?? '', ...path);
    if (!url.endsWith('.js') || !existsSync(file)) return void response.writeHead(404).end();
    response.setHeader('content-type', 'text/javascript');
    response.end(readFileSync(file));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
