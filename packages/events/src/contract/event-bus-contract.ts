import { describe, it } from 'node:test';
import { closeContract } from './close-contract.js';
import { consumeContract } from './consume-contract.js';
import { historyContract } from './history-contract.js';
import { publishContract } from './publish-contract.js';
import { type OpenBus, openScene } from './scene.js';
import { tailContract } from './tail-contract.js';

/**
 * What every driver promises; registers its tests with node:test. Each test opens a bus of its own and closes it;
 * topics, types and groups have names of their own, so that buses may share a server that keeps events.
 */
export function eventBusContract(name: string, open: OpenBus): void {
  describe(`${name} keeps the EventBus contract`, () => {
    const cases = {
      ...publishContract,
      ...tailContract,
      ...historyContract,
      ...consumeContract,
      ...closeContract,
    };
    for (const [title, run] of Object.entries(cases)) {
      it(title, async () => {
        await using scene = await openScene(open);
        await run(scene);
      });
    }
  });
}
