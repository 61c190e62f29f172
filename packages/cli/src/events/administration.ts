import type { BusAdministration } from '@deskgraph/events';
import type { OutboxReader } from '@deskgraph/events/postgres';
import { openBesideHub } from '@deskgraph/gateway';
import { DeskgraphError } from '@deskgraph/plugin-sdk';
import { commandLog, type HubOption, hubSettings } from './hub-option.js';

/** What commands about groups work with. */
export interface Administration {
  readonly administration: BusAdministration;
  readonly outbox: OutboxReader;
}

/** Opens the hub's bus for the work, and closes it after. */
export async function withAdministration<Result>(
  option: HubOption,
  work: (opened: Administration) => Promise<Result>,
): Promise<Result> {
  await using hub = await openBesideHub(hubSettings(option), commandLog());
  const { administration } = hub.bus;
  // Awaited here: the hub's bus must be open until the work is done.
  if (administration !== null) return await work({ administration, outbox: hub.outbox });
  throw new DeskgraphError('EVENT_BUS_UNAVAILABLE', 'This bus keeps nothing that could be looked at.');
}
