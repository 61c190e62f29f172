export { noRedis, type RedisServer, startRedisServer } from './redis-server.js';
