export { MemoryLocks } from './drivers/memory.js';
export { type Lock, type LockOptions, type LockService, withLock } from './lock-service.js';
