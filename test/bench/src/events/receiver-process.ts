import { type BusAddress, openBus } from './bus-of.js';
import { type ReceiverTask, receive } from './receiver.js';

/** Receives in a process of its own: told what by the first message, tells when it is ready and what it saw. */
process.once('message', async ({ address, task }: { address: BusAddress; task: ReceiverTask }) => {
  const bus = await openBus(address);
  const { received } = await receive(bus, task);
  process.send?.('ready');
  const told = await received;
  await new Promise((resolve) => process.send?.(told, resolve));
  await bus.close();
  process.disconnect();
});
