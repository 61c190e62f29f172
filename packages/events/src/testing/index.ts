export { type NatsServer, noNats, startNatsServer } from './nats-server.js';
export { noRedis, type RedisServer, startRedisServer } from './redis-server.js';
