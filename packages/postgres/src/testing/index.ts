export { type TestDatabase, testDatabase } from './test-database.js';
export { startTestServer, type TestServer } from './test-server.js';
