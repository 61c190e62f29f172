import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Ordered, startOrder } from '../src/start/start-order.js';
import { randomNumbers } from './random-numbers.js';

/** Whether a plugin can ever start: everything it reaches is there, and it does not reach itself. */
function startable(
  plugin: Ordered,
  all: ReadonlyMap<string, Ordered>,
  path: readonly string[] = [],
): boolean {
  if (path.includes(plugin.id)) return false;
  return plugin.requires.every((id) => {
    const required = all.get(id);
    return required !== undefined && startable(required, all, [...path, plugin.id]);
  });
}

describe('the order of starting', () => {
  it('has each plugin after those it requires, and refuses exactly those that can never start', () => {
    const { seed, random } = randomNumbers();
    for (let round = 0; round < 500; round++) {
      const ids = Array.from({ length: 1 + Math.floor(random() * 7) }, (_, index) => `p${index}`);
      const plugins = ids.map((id) => ({
        id,
        requires: [...ids, 'absent'].filter(() => random() < 0.18),
      }));
      const { order, refused } = startOrder(plugins);
      const hint = `DESKGRAPH_TEST_SEED=${seed}: ${JSON.stringify(plugins)}`;
      const byId = new Map(plugins.map((plugin) => [plugin.id, plugin]));
      assert.deepEqual(
        order.map(({ id }) => id).sort(),
        plugins.filter((plugin) => startable(plugin, byId)).map(({ id }) => id),
        hint,
      );
      assert.equal(order.length + refused.length, plugins.length, hint);
      for (const [place, { requires }] of order.entries()) {
        const before = order.slice(0, place).map(({ id }) => id);
        assert.ok(
          requires.every((id) => before.includes(id)),
          hint,
        );
      }
      for (const { plugin, error } of refused) assert.ok(error.message.includes(plugin.id), hint);
    }
  });
});
