import { existsSync, readFileSync } from 'node:fs';
import { environmentValue, parseClosedConfig, parseLocated, readSchema } from '@deskgraph/plugin-host';
import { DeskgraphError, Secret } from '@deskgraph/plugin-sdk';
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
  readonly events: EventSettings;
  /** By plugin id, not validated yet. */
  readonly plugins: Readonly<Record<string, unknown>>;
  /** The file the settings come from, for messages. */
  readonly file: string;
  /** `file:line:column` of a plugin's value; the path begins with the plugin's id. */
  readonly locate: (path: readonly (string | number)[]) => string;
}

/** Which bus there is, and who may post events. URLs may have passwords in them. */
export interface EventSettings {
  /** Absent, as is `natsUrl`: PostgreSQL is the bus. */
  readonly redisUrl?: Secret;
  readonly natsUrl?: Secret;
  readonly webhooks: readonly WebhookSender[];
}

/** Before secrets are wrapped. */
type ParsedSettings = Omit<HubSettings, 'databaseUrl' | 'events' | 'file' | 'locate'> & {
  readonly databaseUrl?: string;
  readonly events: {
    readonly redisUrl?: string;
    readonly natsUrl?: string;
    readonly webhooks: WebhookValues;
  };
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
  { name: 'REDIS_URL', path: ['events', 'redisUrl'], text: true },
  { name: 'NATS_URL', path: ['events', 'natsUrl'], text: true },
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
    events: eventSettings(events),
    file,
    locate: (path: readonly (string | number)[]) => document.locate(['plugins', ...path]),
    ...(databaseUrl === undefined ? {} : { databaseUrl: new Secret(databaseUrl) }),
  });
}

/** @throws DeskgraphError CONFIG_INVALID when two buses are named */
function eventSettings({ redisUrl, natsUrl, webhooks }: ParsedSettings['events']): EventSettings {
  if (redisUrl !== undefined && natsUrl !== undefined) {
    throw new DeskgraphError(
      'CONFIG_INVALID',
      'Both REDIS_URL (events.redisUrl) and NATS_URL (events.natsUrl) are set; there is one event bus. Leave one out.',
    );
  }
  return {
    webhooks: webhookSenders(webhooks),
    ...(redisUrl === undefined ? {} : { redisUrl: new Secret(redisUrl) }),
    ...(natsUrl === undefined ? {} : { natsUrl: new Secret(natsUrl) }),
  };
}
