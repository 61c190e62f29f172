import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { EventDeclaration, PluginManifest } from '@deskgraph/plugin-sdk';
import { readManifest } from '../src/validate/manifest.js';
import { randomNumbers } from './random-numbers.js';

interface Schema {
  readonly additionalProperties?: boolean;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

type Keys<T> = Record<keyof Required<T>, true>;

const schema = JSON.parse(
  readFileSync(new URL('../../../../schema/plugin.schema.json', import.meta.url), 'utf8'),
) as Schema;

// The compiler keeps these lists complete and without strangers.
const manifest: Keys<PluginManifest> = {
  $schema: true,
  id: true,
  version: true,
  host: true,
  description: true,
  entry: true,
  subgraph: true,
  config: true,
  requires: true,
  scopes: true,
  events: true,
  migrations: true,
  demo: true,
  limits: true,
  failure: true,
};
const scopes: Keys<NonNullable<PluginManifest['scopes']>> = {
  network: true,
  secrets: true,
  postgres: true,
  graph: true,
};
const events: Keys<NonNullable<PluginManifest['events']>> = { publishes: true, consumes: true };
const limits: Keys<NonNullable<PluginManifest['limits']>> = {
  startTimeoutMs: true,
  callTimeoutMs: true,
  maxConcurrentCalls: true,
};
const event: Keys<EventDeclaration> = { type: true, version: true, schema: true };

describe('schema/plugin.schema.json', () => {
  const parts: [string, object, Schema | undefined][] = [
    ['the manifest', manifest, schema],
    ['scopes', scopes, schema.properties?.scopes],
    ['events', events, schema.properties?.events],
    ['limits', limits, schema.properties?.limits],
    ['an event', event, schema.$defs?.event],
  ];
  for (const [name, keys, part] of parts) {
    it(`has the keys of the type for ${name}, and no others are taken`, () => {
      assert.deepEqual(Object.keys(part?.properties ?? {}).sort(), Object.keys(keys).sort());
      assert.equal(part?.additionalProperties, false);
    });

    it(`explains every key of ${name} to whoever edits a manifest`, () => {
      const silent = Object.entries(part?.properties ?? {}).filter(([, { description }]) => !description);
      assert.deepEqual(
        silent.map(([key]) => key),
        [],
      );
    });
  }

  it('requires what the type requires', () => {
    const required: {
      [Key in keyof PluginManifest as undefined extends PluginManifest[Key] ? never : Key]: true;
    } = {
      id: true,
      version: true,
      host: true,
      entry: true,
      subgraph: true,
    };
    assert.deepEqual([...(schema.required ?? [])].sort(), Object.keys(required).sort());
  });
});

describe('a manifest of any shape', () => {
  it('is read, or refused with reasons; it never throws', () => {
    const directory = mkdtempSync(join(tmpdir(), 'deskgraph-manifest-'));
    const { seed, random } = randomNumbers();
    try {
      for (let round = 0; round < 500; round++) {
        const text = randomText(random);
        writeFileSync(join(directory, 'plugin.json'), text);
        const reading = readManifest(directory, '0.1.0');
        const reasons = 'problems' in reading ? reading.problems.length : 1;
        assert.ok(reasons > 0, `seed ${seed}: ${text}`);
      }
    } catch (error) {
      throw new Error(`DESKGRAPH_TEST_SEED=${seed}`, { cause: error });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

const valid = { id: 'any', version: '1.0.0', host: '*', entry: 'p.js', subgraph: 's.graphql' };
const values = [null, true, 0, -1.5, '', 'x', '\u0000', '*', '../..', [], [null], {}, { a: { b: [] } }];

/** A valid manifest with some keys changed, added or cut off. */
function randomText(random: () => number): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const changed: Record<string, unknown> = { ...valid };
  for (let changes = Math.floor(random() * 4); changes > 0; changes--) {
    changed[pick([...Object.keys(manifest), '__proto__', 'constructor', 'x'])] = pick(values);
  }
  const text = JSON.stringify(random() < 0.1 ? pick(values) : changed, null, 2);
  return random() < 0.2 ? text.slice(0, Math.floor(random() * text.length)) : text;
}
