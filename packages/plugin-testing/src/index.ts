export { type PluginContractOptions, pluginContract } from './contract/plugin-contract.js';
export type { LogLine } from './recording-log.js';
export { startTestHost, type TestCall, type TestHost, type TestHostOptions } from './start-test-host.js';
