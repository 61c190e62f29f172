import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Logger } from '@deskgraph/plugin-sdk';

/** A plugin, and where its code is. */
export interface PluginCode {
  readonly id: string;
  readonly directory: string;
}

/**
 * Node ends a process whose promise is rejected with nobody to handle it: one forgotten `await` in one plugin would
 * end the hub. While this is on, such rejections are logged, with the plugin whose code is on the stack.
 * An exception that nobody catches still ends the process: what it left half done cannot be known.
 */
export class StrayRejections {
  readonly #listener = (reason: unknown) => this.#report(reason);

  constructor(
    private readonly log: Logger,
    private readonly plugins: () => readonly PluginCode[],
  ) {}

  start(): void {
    process.on('unhandledRejection', this.#listener);
  }

  stop(): void {
    process.off('unhandledRejection', this.#listener);
  }

  #report(error: unknown): void {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    const plugin = this.plugins().find(({ directory }) => isOnStack(directory, stack))?.id;
    const whose = plugin === undefined ? 'a promise' : `a promise of plugin ${plugin}`;
    this.log.error(
      { error, plugin, phase: 'serve' },
      `${whose} was rejected and nobody handles it; find the missing await or catch: ${error}`,
    );
  }
}

function isOnStack(directory: string, stack: string): boolean {
  const path = `${realpathSync(directory)}/`;
  return stack.includes(path) || stack.includes(pathToFileURL(path).href);
}
