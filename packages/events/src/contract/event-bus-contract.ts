import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BusCapabilities } from '../event-bus.js';
import { closeContract } from './close-contract.js';
import { consumeContract } from './consume-contract.js';
import { durableContract } from './durable-contract.js';
import { historyContract } from './history-contract.js';
import { publishContract } from './publish-contract.js';
import { type OpenBus, openScene } from './scene.js';
import { runShared, sharedContract } from './shared-contract.js';
import { tailContract } from './tail-contract.js';

/** What is special about a driver's tests. */
export interface BusContractOptions {
  /** As the driver's buses have them; default: nothing beyond what all have. */
  readonly capabilities?: Partial<BusCapabilities>;
  /** Why the tests cannot run here, such as a server that is not installed. */
  readonly skip?: string | undefined;
}

/**
 * What every driver promises, and what those with these capabilities do; registers its tests with node:test. Each test
 * opens buses of its own and closes them; topics, types and groups have names of their own, so that buses may share
 * a server that keeps events.
 */
export function eventBusContract(name: string, open: OpenBus, options: BusContractOptions = {}): void {
  const { capabilities = {}, skip } = options;
  describe(`${name} keeps the EventBus contract`, { skip: skip ?? false }, () => {
    const cases = {
      ...publishContract,
      ...tailContract,
      ...historyContract,
      ...consumeContract,
      ...closeContract,
      ...(capabilities.durable ? durableContract : {}),
    };
    it('has the capabilities that are tested', async () => {
      await using scene = await openScene(open);
      const expected = { durable: false, shared: false, deduplicates: false, ...capabilities };
      assert.deepEqual(scene.bus.capabilities, expected);
    });
    for (const [title, run] of Object.entries(cases)) {
      it(title, { timeout: caseTimeoutMs }, async () => {
        await using scene = await openScene(open);
        await run(scene);
      });
    }
    for (const [title, run] of Object.entries(capabilities.shared ? sharedContract : {})) {
      it(title, { timeout: caseTimeoutMs }, () => runShared(open, run));
    }
  });
}

/** Far more than any of them takes. */
const caseTimeoutMs = 60_000;
