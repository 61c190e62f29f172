export type { PostgresServer } from './server.js';
