import { pluginContract } from '@deskgraph/plugin-testing';

// Run by plugin-contract.test.ts in a process of its own: these tests must fail.
pluginContract(new URL('../../test/fixtures/careless', import.meta.url));
