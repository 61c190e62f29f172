import { describe } from 'node:test';
import type { EventBus } from '../event-bus.js';
import { closeContract } from './close-contract.js';
import { consumeContract } from './consume-contract.js';
import { publishContract } from './publish-contract.js';
import { tailContract } from './tail-contract.js';

/**
 * What every driver promises; registers its tests with node:test. Each test opens a bus of its own and closes it;
 * topics, types and groups have names of their own, so that buses may share a server that keeps events.
 */
export function eventBusContract(name: string, open: () => Promise<EventBus>): void {
  describe(`${name} keeps the EventBus contract`, () => {
    publishContract(open);
    tailContract(open);
    consumeContract(open);
    closeContract(open);
  });
}
