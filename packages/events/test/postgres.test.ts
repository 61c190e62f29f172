import { after, before } from 'node:test';
import { eventBusContract } from '@deskgraph/events/contract';
import { PostgresBus } from '@deskgraph/events/postgres';
import { testDatabase } from '@deskgraph/postgres/testing';

let database: Awaited<ReturnType<typeof testDatabase>>;
before(async () => {
  database = await testDatabase();
});
after(() => database[Symbol.asyncDispose]());

eventBusContract('PostgresBus', () => PostgresBus.open({ databaseUrl: database.url }), {
  capabilities: { durable: true, shared: true, deduplicates: true },
});
