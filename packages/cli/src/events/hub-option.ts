import { createLogger, type HubSettings, readSettings } from '@deskgraph/gateway';
import type { Logger } from '@deskgraph/plugin-sdk';
import { type Command, InvalidArgumentError } from 'commander';

/** Says which hub a command is about. */
export interface HubOption {
  readonly config: string;
}

/** Adds the option that names the hub's configuration. */
export function withHub(command: Command): Command {
  return command.option('-c, --config <file>', 'the configuration file of the hub', 'deskgraph.config.yaml');
}

/** The settings that the hub would read: the file, and the environment over it. */
export function hubSettings({ config }: HubOption): HubSettings {
  return readSettings(config, process.env);
}

/** Of what the command opens; what ends the command is told by itself. */
export function commandLog(): Logger {
  return createLogger({ level: 'error' });
}

/** A whole number from 1 on, for an option. */
export function count(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 999999.');
}
