import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DeskgraphError, type PluginDefinition, type StartedPlugin } from '@deskgraph/plugin-sdk';
import type { ValidPlugin } from '../validate/validate-plugin.js';
import type { Capabilities } from './capabilities.js';
import { withDeadline } from './deadline.js';

/** A plugin that started, and how to stop it. */
export interface RunningPlugin {
  readonly started: StartedPlugin;
  /** Runs the plugin's `onStop` callbacks, last in first out; each has a few seconds. Never rejects. */
  stop(): Promise<readonly unknown[]>;
}

const defaultStartTimeoutMs = 10_000;
const stopTimeoutMs = 3_000;

/**
 * Imports the plugin's module and starts it.
 * @throws DeskgraphError PLUGIN_START_FAILED | PLUGIN_START_TIMEOUT; what was registered with onStop has run
 */
export async function startPlugin(plugin: ValidPlugin, capabilities: Capabilities): Promise<RunningPlugin> {
  const { manifest } = plugin;
  const abort = new AbortController();
  const releases: (() => void | Promise<void>)[] = [];
  const stop = () => {
    abort.abort();
    return runReleases(releases);
  };
  const timeoutMs = manifest.limits?.startTimeoutMs ?? defaultStartTimeoutMs;
  try {
    const starting = importDefinition(plugin).then((definition) =>
      definition.start({
        config: plugin.config,
        deps: capabilities.resolve(definition.deps ?? {}),
        signal: abort.signal,
        onStop: (release) => releases.push(release),
      }),
    );
    const started = await withDeadline(starting, timeoutMs, () => startTimeout(manifest.id, timeoutMs));
    return { started, stop };
  } catch (cause) {
    await stop();
    if (cause instanceof DeskgraphError && cause.code.startsWith('PLUGIN_START')) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DeskgraphError('PLUGIN_START_FAILED', `Plugin ${manifest.id} threw while starting: ${reason}`, {
      cause,
    });
  }
}

async function importDefinition({ manifest, directory }: ValidPlugin): Promise<PluginDefinition> {
  const file = join(directory, manifest.entry);
  const module = (await import(pathToFileURL(file).href)) as { default?: PluginDefinition };
  if (typeof module.default?.start === 'function') return module.default;
  throw new DeskgraphError(
    'PLUGIN_START_FAILED',
    `${file} has no plugin as its default export; write: export default definePlugin({ ... })`,
  );
}

async function runReleases(releases: (() => void | Promise<void>)[]): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (let release = releases.pop(); release !== undefined; release = releases.pop()) {
    const current = release;
    try {
      await withDeadline(
        Promise.resolve().then(() => current()),
        stopTimeoutMs,
        () => new Error(`an onStop callback did not finish within ${stopTimeoutMs} ms`),
      );
    } catch (error) {
      failures.push(error);
    }
  }
  return failures;
}

function startTimeout(id: string, timeoutMs: number): DeskgraphError {
  return new DeskgraphError(
    'PLUGIN_START_TIMEOUT',
    `Plugin ${id} did not start within ${timeoutMs} ms. Make its start faster, or raise limits.startTimeoutMs in plugin.json.`,
  );
}
