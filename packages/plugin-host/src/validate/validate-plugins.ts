import { DeskgraphError, isDeskgraphError, type PluginManifest } from '@deskgraph/plugin-sdk';
import { discoverPlugins } from '../discover.js';
import type { PluginHostOptions } from '../plugin-host.js';
import type { FailedState, PluginState, PluginStatus } from '../plugin-state.js';
import { startOrder } from '../start/start-order.js';
import { readManifest } from './manifest.js';
import { unclaimedConfig } from './unclaimed-config.js';
import { type ValidPlugin, validatePlugin } from './validate-plugin.js';

/** What validation reads. */
export type ValidationOptions = Pick<
  PluginHostOptions,
  'directories' | 'disabled' | 'config' | 'environment' | 'compose'
>;

type Identity = Omit<PluginStatus, 'state'>;

/**
 * discover -> validate -> compose, for all plugins at once and without running any of their code.
 * @param onState told of every step of every plugin, the failed ones included
 * @returns the plugins that can start, each after those it requires
 */
export function validatePlugins(
  options: ValidationOptions,
  hubVersion: string,
  onState: (status: PluginStatus) => void,
): readonly ValidPlugin[] {
  return new Validation(options, hubVersion, onState).run();
}

class Validation {
  readonly #directories = new Map<string, string>();

  constructor(
    private readonly options: ValidationOptions,
    private readonly hubVersion: string,
    private readonly onState: (status: PluginStatus) => void,
  ) {}

  run(): readonly ValidPlugin[] {
    const valid = discoverPlugins(this.options.directories).flatMap((directory) => this.#read(directory));
    for (const { id, error } of unclaimedConfig(this.options, [...this.#directories.keys()])) {
      this.#fail({ id, version: '?', failure: 'optional' }, 'validate', error);
    }
    // Ordered twice: who requires a plugin that does not compose cannot start either.
    return this.#ordered(this.#composed(this.#ordered(valid)));
  }

  #read(directory: string): ValidPlugin[] {
    const reading = readManifest(directory, this.hubVersion);
    if ('problems' in reading) {
      this.#directories.set(reading.id, directory);
      if (this.options.disabled.includes(reading.id)) return [];
      this.#fail(reading, 'discover', new DeskgraphError(reading.code, reading.problems.join('\n')));
      return [];
    }
    const { manifest } = reading;
    const twin = this.#directories.get(manifest.id);
    if (twin === undefined) this.#directories.set(manifest.id, directory);
    if (this.options.disabled.includes(manifest.id)) return [];
    if (twin !== undefined) {
      const message = `${directory}/plugin.json: id: "${manifest.id}" is the id of ${twin} too, which is used. Change one of them, or take it away.`;
      this.#fail(identify(manifest), 'discover', new DeskgraphError('MANIFEST_INVALID', message));
      return [];
    }
    this.#enter(manifest, { name: 'discovered' });
    return this.#validated(manifest, directory);
  }

  #validated(manifest: PluginManifest, directory: string): ValidPlugin[] {
    try {
      const plugin = validatePlugin(manifest, directory, this.options);
      this.#enter(manifest, { name: 'validated' });
      return [plugin];
    } catch (error) {
      this.#fail(identify(manifest), 'validate', asDeskgraphError(error));
      return [];
    }
  }

  #ordered(plugins: readonly ValidPlugin[]): ValidPlugin[] {
    const { order, refused } = startOrder(
      plugins.map((plugin) => ({ id: plugin.manifest.id, requires: plugin.manifest.requires ?? [], plugin })),
    );
    for (const { plugin, error } of refused) this.#fail(identify(plugin.plugin.manifest), 'validate', error);
    return order.map(({ plugin }) => plugin);
  }

  #composed(plugins: readonly ValidPlugin[]): ValidPlugin[] {
    const { leftOut } = this.options.compose(
      plugins.map(({ manifest, sdl }) => ({
        name: manifest.id,
        sdl: sdl.text,
        optional: manifest.failure !== 'required',
      })),
    );
    const problems = new Map(leftOut.map((left) => [left.name, left.problems]));
    return plugins.filter(({ manifest }) => {
      const found = problems.get(manifest.id);
      if (found === undefined) {
        this.#enter(manifest, { name: 'composed' });
        return true;
      }
      const message = `Plugin ${manifest.id} does not compose with the others and was left out; make its SDL agree with theirs, or disable one of them:\n${found.join('\n')}`;
      this.#fail(identify(manifest), 'compose', new DeskgraphError('COMPOSITION_FAILED', message));
      return false;
    });
  }

  #enter(manifest: PluginManifest, state: PluginState): void {
    this.onState({ ...identify(manifest), state });
  }

  #fail(identity: Identity, phase: FailedState['phase'], error: DeskgraphError): void {
    const { id, version, failure } = identity;
    this.onState({ id, version, failure, state: { name: 'failed', phase, error, retryAt: null } });
  }
}

/** Whatever a plugin's files make the checks throw, the other plugins must not suffer. */
function asDeskgraphError(error: unknown): DeskgraphError {
  if (isDeskgraphError(error)) return error;
  return new DeskgraphError('INTERNAL_ERROR', `The plugin cannot be checked: ${error}`, { cause: error });
}

function identify({ id, version, failure = 'optional' }: PluginManifest): Identity {
  return { id, version, failure };
}
