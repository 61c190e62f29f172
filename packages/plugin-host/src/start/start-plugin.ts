import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type DeclaredEvents,
  type Dependencies,
  DeskgraphError,
  isDeskgraphError,
  type Logger,
  type PluginDefinition,
  type StartedPlugin,
} from '@deskgraph/plugin-sdk';
import { reportBlocking } from '../serve/blocking.js';
import type { ValidPlugin } from '../validate/validate-plugin.js';
import type { Capabilities } from './capabilities.js';
import { untilAborted, withDeadline } from './deadline.js';

/** A plugin as the host sees it: of any configuration and any events. */
type AnyPlugin = PluginDefinition<unknown, Dependencies, DeclaredEvents>;

/** A plugin that started, and how to stop it. */
export interface RunningPlugin {
  readonly started: StartedPlugin<DeclaredEvents>;
  /** Runs the plugin's `onStop` callbacks, last in first out; each has a few seconds. Never rejects. */
  stop(): Promise<readonly unknown[]>;
}

type Release = () => void | Promise<void>;

const defaultStartTimeoutMs = 10_000;
const stopTimeoutMs = 3_000;

/**
 * Imports the plugin's module and starts it.
 * @param signal gives the start up; it then rejects with the signal's reason
 * @throws DeskgraphError PLUGIN_START_FAILED | PLUGIN_START_TIMEOUT; what was registered with onStop has run
 */
export async function startPlugin(
  plugin: ValidPlugin,
  capabilities: Capabilities,
  log: Logger,
  signal: AbortSignal,
): Promise<RunningPlugin> {
  signal.throwIfAborted();
  const { manifest } = plugin;
  const abort = new AbortController();
  const releases: Release[] = [];
  const stop = () => {
    abort.abort();
    return runReleases(releases);
  };
  // A start that was given up may go on; what it opens from then on is closed at once.
  const onStop = (release: Release) => {
    if (abort.signal.aborted) void runReleases([release]);
    else releases.push(release);
  };
  const timeoutMs = manifest.limits?.startTimeoutMs ?? defaultStartTimeoutMs;
  try {
    const starting = importDefinition(plugin).then((definition) => {
      const deps = capabilities.resolve(definition.deps ?? {});
      const context = { config: plugin.config, deps, signal: abort.signal, onStop };
      return reportBlocking(log, manifest.id, 'start', () => definition.start(context));
    });
    const started = await withDeadline(untilAborted(starting, signal), timeoutMs, () =>
      startTimeout(manifest.id, timeoutMs),
    );
    return { started: checkStarted(started, manifest.id), stop };
  } catch (cause) {
    await stop();
    if (isDeskgraphError(cause) && cause.code.startsWith('PLUGIN_START')) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DeskgraphError('PLUGIN_START_FAILED', `Plugin ${manifest.id} threw while starting: ${reason}`, {
      cause,
    });
  }
}

function checkStarted(started: StartedPlugin<DeclaredEvents>, id: string): StartedPlugin<DeclaredEvents> {
  if (typeof started?.resolvers === 'object' && started.resolvers !== null) return started;
  throw new DeskgraphError(
    'PLUGIN_START_FAILED',
    `start() of plugin ${id} gave no resolvers; return { resolvers: { ... } }`,
  );
}

async function importDefinition({ manifest, directory }: ValidPlugin): Promise<AnyPlugin> {
  const file = join(directory, manifest.entry);
  const module = (await import(pathToFileURL(file).href)) as { default?: AnyPlugin };
  if (typeof module.default?.start === 'function') return module.default;
  throw new DeskgraphError(
    'PLUGIN_START_FAILED',
    `${file} has no plugin as its default export; write: export default definePlugin({ ... })`,
  );
}

async function runReleases(releases: Release[]): Promise<unknown[]> {
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
