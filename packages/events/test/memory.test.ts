import { MemoryBus } from '@deskgraph/events';
import { eventBusContract } from '@deskgraph/events/contract';

eventBusContract('MemoryBus', async () => new MemoryBus());
