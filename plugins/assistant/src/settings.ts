import type { ReplyLanguage } from './matching/language.js';

/** The plugin's settings, as `config.schema.json` describes them. */
export interface AssistantSettings {
  readonly defaultLanguage: ReplyLanguage;
  /** IANA name: `Asia/Shanghai`. */
  readonly timeZone: string;
  readonly maxOpenPerConversation: number;
  readonly sweepSeconds: number;
}
