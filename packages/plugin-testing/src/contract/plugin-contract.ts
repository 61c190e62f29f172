import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { PluginManifest, Principal } from '@deskgraph/plugin-sdk';
import { migrate } from '@deskgraph/postgres';
import { testDatabase } from '@deskgraph/postgres/testing';
import { parse } from 'graphql';
import { startTestHost, type TestHost, type TestHostOptions } from '../start-test-host.js';
import { unknownEntities } from './entity-keys.js';
import { leftOpen, openHandles } from './open-handles.js';

/** What the contract cannot read from the plugin's folder. */
export interface PluginContractOptions {
  /** Values for configuration keys that are required and have no default. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Folders of the plugins that this one `requires`. */
  readonly requires?: readonly (string | URL)[];
  /** Entities of other plugins that this one adds fields to; it cannot know which of them exist. */
  readonly extends?: readonly string[];
  /** Who resolves entities; default: an anonymous caller. */
  readonly principal?: Principal;
}

/** What every plugin promises; registers its tests with node:test. The plugin must be built. */
export function pluginContract(plugin: string | URL, options: PluginContractOptions = {}): void {
  const directory = plugin instanceof URL ? fileURLToPath(plugin) : plugin;
  const manifest = readJson(join(directory, 'plugin.json')) as PluginManifest;
  const hostOptions: TestHostOptions = {
    plugins: [directory, ...(options.requires ?? [])],
    config: options.config === undefined ? {} : { [manifest.id]: options.config },
    principal: options.principal ?? null,
  };
  describe(`plugin ${manifest.id} keeps the plugin contract`, () => {
    // One database server for the whole suite: it runs while a database of it is open.
    let server: AsyncDisposable;
    before(async () => {
      server = await testDatabase();
    });
    after(() => server[Symbol.asyncDispose]());
    describeFolder(directory, manifest);
    describeRunning(directory, manifest, hostOptions, options.extends ?? []);
    describeStop(manifest, hostOptions);
    if (manifest.migrations !== undefined) describeMigrations(directory, manifest);
  });
}

function describeFolder(directory: string, manifest: PluginManifest): void {
  it('its folder explains it: README.md, and a description in plugin.json', () => {
    assert.ok(existsSync(join(directory, 'README.md')), `${directory} has no README.md`);
    assert.ok(manifest.description, 'plugin.json has no description');
  });

  it('each configuration key is described, and has a default or is required', () => {
    if (manifest.config === undefined) return;
    const file = join(directory, manifest.config);
    const schema = readJson(file) as ConfigSchema;
    assert.equal(schema.additionalProperties, false, `${file} must refuse unknown keys`);
    const incomplete = Object.entries(schema.properties ?? {}).flatMap(([key, property]) => [
      ...(property.description ? [] : [`${key} has no description`]),
      ...('default' in property || schema.required?.includes(key)
        ? []
        : [`${key} has no default and is not required`]),
    ]);
    assert.deepEqual(incomplete, [], file);
  });
}

function describeRunning(
  directory: string,
  manifest: PluginManifest,
  hostOptions: TestHostOptions,
  extended: readonly string[],
): void {
  describe('with the demonstration data', () => {
    let host: TestHost;
    before(async () => {
      host = await startTestHost({ ...hostOptions, demo: true });
    });
    after(() => host?.[Symbol.asyncDispose]());

    it('is valid, composes and becomes ready', () => {
      const status = host.host.statuses.find(({ id }) => id === manifest.id);
      assert.equal(status?.state.name, 'ready');
    });

    const sdl = parse(readFileSync(join(directory, manifest.subgraph), 'utf8'));
    for (const { typename, key, representation } of unknownEntities(sdl)) {
      it(`an unknown ${typename} by "${key}" is null and not an error`, async () => {
        const query = 'query($entities: [_Any!]!) { _entities(representations: $entities) { __typename } }';
        const { data, errors } = await host.graph(query, { entities: [representation] });
        assert.equal(errors, undefined);
        if (!extended.includes(typename)) assert.deepEqual(data?._entities, [null]);
      });
    }
  });
}

function describeStop(manifest: PluginManifest, hostOptions: TestHostOptions): void {
  it('stops within its time and leaves nothing open', async () => {
    // What the first start opens for good, such as loaded modules, is not the plugin's; a second must add nothing.
    await (await startTestHost(hostOptions))[Symbol.asyncDispose]();
    const handles = openHandles();
    const host = await startTestHost(hostOptions);
    await host[Symbol.asyncDispose]();
    assert.deepEqual(await leftOpen(handles), []);
    const complaints = host.logged.filter(
      ({ level, fields }) => (level === 'warn' || level === 'error') && fields.plugin === manifest.id,
    );
    assert.deepEqual(complaints, []);
  });
}

function describeMigrations(directory: string, manifest: PluginManifest): void {
  it('migrations apply to an empty database, and a second time change nothing', async () => {
    await using database = await testDatabase();
    const step = {
      url: database.url,
      schema: `contract_${manifest.id.replaceAll('-', '_')}`,
      directory: join(directory, manifest.migrations as string),
      ...(manifest.demo === undefined ? {} : { demo: join(directory, manifest.demo) }),
    };
    assert.notDeepEqual(await migrate(step), [], 'there are no migrations');
    assert.deepEqual(await migrate(step), []);
  });
}

interface ConfigSchema {
  readonly additionalProperties?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, { readonly description?: string }>>;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
