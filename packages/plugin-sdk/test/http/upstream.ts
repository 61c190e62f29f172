import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpClient, type HttpClient, type HttpClientOptions } from '@deskgraph/plugin-sdk';

/** A real server that misbehaves as told, and a client that may call it. */
export interface Upstream extends AsyncDisposable {
  readonly url: string;
  readonly client: HttpClient;
  /** Requests that reached the server. */
  readonly hits: number;
}

/** Starts both; disposing ends them and every connection. */
export async function startUpstream(
  answer: RequestListener,
  options: HttpClientOptions = {},
): Promise<Upstream> {
  let hits = 0;
  const server = createServer((request, response) => {
    hits++;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = createHttpClient({ allowedHosts: ['127.0.0.1'], backoffMs: 1, ...options });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    client,
    get hits() {
      return hits;
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
