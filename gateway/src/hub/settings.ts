import { existsSync, readFileSync } from 'node:fs';
import { environmentValue, parseClosedConfig, parseLocated, readSchema } from '@deskgraph/plugin-host';
import { Secret } from '@deskgraph/plugin-sdk';
import type { WebhookSender } from '../http/webhook/sender.js';
import { type WebhookValues, webhookSenders } from './webhook-settings.js';

const schemaFile = new URL('../../../../schema/config.schema.json', import.meta.url);

/** The hub's settings, as `schema/config.schema.json` describes them; frozen. */
export interface HubSettings {
  readonly server: { readonly host: string; readonly port: number; readonly maxBodyBytes: number };
  readonly dataDir: string;
  /** Absent: the embedded PostgreSQL. */
  readonly databaseUrl?: Secret;
  readonly demo: boolean;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly pluginDirectories: readonly string[];
  readonly disabledPlugins: readonly string[];
  readonly events: { readonly webhooks: readonly WebhookSender[] };
  /** By plugin id, not validated yet. */
  readonly plugins: Readonly<Record<string, unknown>>;
  /** The file the settings come from, for messages. */
  readonly file: string;
  /** `file:line:column` of a plugin's value; the path begins with the plugin's id. */
  readonly locate: (path: readonly (string | number)[]) => string;
}

/** Before secrets are wrapped. */
type ParsedSettings = Omit<HubSettings, 'databaseUrl' | 'events' | 'file' | 'locate'> & {
  readonly databaseUrl?: string;
  readonly events: { readonly webhooks: WebhookValues };
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Environment variables and the settings they override. Text settings take their value as it is. */
const variables: readonly {
  readonly name: string;
  readonly path: readonly string[];
  readonly text: boolean;
}[] = [
  { name: 'PORT', path: ['server', 'port'], text: false },
  { name: 'HOST', path: ['server', 'host'], text: true },
  { name: 'DESKGRAPH_DATA_DIR', path: ['dataDir'], text: true },
  { name: 'DATABASE_URL', path: ['databaseUrl'], text: true },
  { name: 'DESKGRAPH_DEMO', path: ['demo'], text: false },
  { name: 'DESKGRAPH_LOG_LEVEL', path: ['logLevel'], text: true },
];

/**
 * Reads the settings once.
 * @param file  `deskgraph.config.yaml`; it need not exist
 * @throws DeskgraphError CONFIG_INVALID with every problem and where it is
 */
export function readSettings(file: string, environment: Environment): HubSettings {
  const document = parseLocated(existsSync(file) ? readFileSync(file, 'utf8') : '', file);
  const overrides = variables.flatMap(({ name, path, text: isText }) => {
    const value = environment[name];
    return value === undefined || value === ''
      ? []
      : [{ path, variable: name, value: isText ? value : environmentValue(value) }];
  });
  const { databaseUrl, events, ...settings } = parseClosedConfig<ParsedSettings>(
    document,
    readSchema(schemaFile),
    { overrides, variables: environment },
  );
  return Object.freeze({
    ...settings,
    events: { webhooks: webhookSenders(events.webhooks) },
    file,
    locate: (path: readonly (string | number)[]) => document.locate(['plugins', ...path]),
    ...(databaseUrl === undefined ? {} : { databaseUrl: new Secret(databaseUrl) }),
  });
}
