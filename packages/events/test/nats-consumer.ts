import { NatsBus } from '@deskgraph/events/nats';
import type { Told } from './nats-scene.js';

/** A consumer whose handler never ends; tells its parent what it begins. Arguments: URL, group, type, lease. */
const [url, group, type, leaseMs] = process.argv.slice(2) as [string, string, string, string];
const tell = (told: Told) => process.send?.(told);

const bus = await NatsBus.open({ url, leaseMs: Number(leaseMs) });
await bus.consume(group, [type], ({ data }) => {
  tell({ begun: data });
  return new Promise(() => {});
});
tell({ ready: true });
