import { PostgresBus, RelayedOutbox, takesEffect } from '@deskgraph/events/postgres';
import { RedisBus } from '@deskgraph/events/redis';
import { createDatabase } from '@deskgraph/postgres';

/** A process that only relays, or only consumes. Runs until it is killed. */
const [, , role, databaseUrl = '', redisUrl = ''] = process.argv;
const leaseMs = 1_500;
const bus =
  redisUrl === ''
    ? await PostgresBus.open({ databaseUrl, leaseMs, pollMs: 20 })
    : await RedisBus.open({ url: redisUrl, leaseMs });
if (role === 'relay') await RelayedOutbox.open({ databaseUrl, bus, pollMs: 20 });
else {
  const database = createDatabase({ url: databaseUrl, schema: 'chaos' });
  await bus.consume('projection', ['chaos.counted'], (event, { generation }) =>
    database.transaction(async (tx) => {
      if (!(await takesEffect(tx, { consumer: 'projection', generation, event }))) return;
      await tx.query('insert into effect (counted) values ($1)', [event.subject]);
    }),
  );
}
process.send?.('ready');
