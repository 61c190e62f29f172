import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** What the server answers to the next requests. */
export interface SubgraphAnswer {
  readonly status?: number;
  readonly body: string;
}

/** The answer of a subgraph with this SDL. */
export function sdlAnswer(sdl: string): SubgraphAnswer {
  return { body: JSON.stringify({ data: { _service: { sdl } } }) };
}

/** A subgraph that answers every request alike, after so many `hangUps` without an answer; ends with the test. */
export async function startSubgraph(test: TestContext, answer: SubgraphAnswer) {
  const server = createServer((request, response) => {
    if (subgraph.hangUps-- > 0) return void request.socket.destroy();
    request.resume().on('end', () => {
      response.writeHead(subgraph.answer.status ?? 200, { 'content-type': 'application/json' });
      response.end(subgraph.answer.body);
    });
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/graphql`;
  const subgraph = { url, answer, hangUps: 0, close, listen: () => listen(port) };
  test.after(close);
  return subgraph;
}
