import type { Logger } from '@deskgraph/plugin-sdk';

/** A logger whose lines carry the plugin's id. */
export function namedLog(log: Logger, plugin: string): Logger {
  const add = (level: keyof Logger) => (fields: object, message: string) =>
    log[level]({ plugin, ...fields }, message);
  return { debug: add('debug'), info: add('info'), warn: add('warn'), error: add('error') };
}
