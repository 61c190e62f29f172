import { MemoryLocks } from '@deskgraph/locks';
import { lockServiceContract } from '@deskgraph/locks/contract';

lockServiceContract('MemoryLocks', async () => new MemoryLocks());
