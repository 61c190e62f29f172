export { RedisLocks, type RedisLocksOptions } from './redis-locks.js';
