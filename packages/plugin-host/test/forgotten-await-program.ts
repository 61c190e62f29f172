import { startBesideHealthy } from './hosting.js';

// Run by hostile-calls.test.ts in a process of its own: the test runner would take the rejection for its own.
const hosted = await startBesideHealthy(['forgets-await']);
await hosted.graph('forgets-await', '{ forgetsAwait }');
const { fields, message } = await hosted.logged(({ level }) => level === 'error');
const { data } = await hosted.graph('healthy', '{ healthy }');
console.log(JSON.stringify({ plugin: fields.plugin, message, data }));
await hosted[Symbol.asyncDispose]();
console.log(process.listenerCount('unhandledRejection'));
