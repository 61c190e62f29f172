import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DeskgraphError, type ErrorCode, isDeskgraphError, type PluginManifest } from '@deskgraph/plugin-sdk';
import { type EventCatalogue, readEventCatalogue } from './event-catalogue.js';
import { type PluginConfigSource, readPluginConfig } from './plugin-config.js';
import { readSubgraphSdl, type SubgraphSdl } from './subgraph-sdl.js';

/** Everything that is known of a plugin before any of its code runs. */
export interface ValidPlugin {
  readonly manifest: PluginManifest;
  readonly directory: string;
  readonly sdl: SubgraphSdl;
  /** Validated, defaults filled in, frozen. */
  readonly config: unknown;
  readonly events: EventCatalogue;
}

/** What validation reads besides the plugin's folder. */
export interface ValidationInput {
  readonly config: PluginConfigSource;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Checks SDL, configuration, files and event schemas of a plugin.
 * @throws DeskgraphError PLUGIN_SDL_INVALID, CONFIG_INVALID or MANIFEST_INVALID; problems of all kinds are in
 *   the message at once, the code is that of the first
 */
export function validatePlugin(
  manifest: PluginManifest,
  directory: string,
  input: ValidationInput,
): ValidPlugin {
  const problems: { code: ErrorCode; message: string }[] = [];
  const reading = readSubgraphSdl(manifest, directory);
  if ('problems' in reading) {
    problems.push(...reading.problems.map((message) => ({ code: 'PLUGIN_SDL_INVALID' as const, message })));
  }
  let config: unknown;
  try {
    config = readPluginConfig(manifest, directory, input.config, input.environment);
  } catch (error) {
    if (!isDeskgraphError(error)) throw error;
    problems.push(error);
  }
  const catalogue = readEventCatalogue(manifest, directory);
  problems.push(
    ...[...missingFiles(manifest, directory), ...catalogue.problems].map((message) => ({
      code: 'MANIFEST_INVALID' as const,
      message,
    })),
  );
  const [first] = problems;
  if (first !== undefined || !('sdl' in reading)) {
    throw new DeskgraphError(
      first?.code ?? 'PLUGIN_SDL_INVALID',
      problems.map(({ message }) => message).join('\n'),
      { details: { plugin: manifest.id } },
    );
  }
  return { manifest, directory, sdl: reading.sdl, config, events: catalogue };
}

function missingFiles(manifest: PluginManifest, directory: string): string[] {
  const named = { entry: manifest.entry, migrations: manifest.migrations, demo: manifest.demo };
  return Object.entries(named).flatMap(([key, path]) =>
    path === undefined || existsSync(join(directory, path))
      ? []
      : [
          `${join(directory, 'plugin.json')}: ${key}: there is no ${path}${key === 'entry' ? '; build the plugin first' : ''}`,
        ],
  );
}
