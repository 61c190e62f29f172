import { after, before } from 'node:test';
import { eventBusContract } from '@deskgraph/events/contract';
import { NatsBus } from '@deskgraph/events/nats';
import { type NatsServer, noNats, startNatsServer } from '@deskgraph/events/testing';

let server: NatsServer | undefined;
before(async () => {
  if (noNats === undefined) server = await startNatsServer();
});
after(() => server?.[Symbol.asyncDispose]());

eventBusContract('NatsBus', () => NatsBus.open({ url: (server as NatsServer).url }), {
  capabilities: { durable: true, shared: true, deduplicates: true },
  skip: noNats,
});
