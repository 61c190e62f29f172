import type { Condition } from '../matching/condition.js';
import type { ReplyLanguage } from '../matching/language.js';

/** A row of `reply_template`. */
export interface TemplateRow {
  readonly id: string;
  readonly name: string;
  readonly event_type: string;
  readonly language: ReplyLanguage;
  readonly text: string;
  readonly conditions: readonly Condition[];
  readonly priority: number;
  readonly enabled: boolean;
  readonly expires_after_seconds: number;
  readonly expires_on: readonly string[];
  readonly shown: number;
  readonly accepted: number;
  readonly edited: number;
  readonly dismissed: number;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** What a recommendation can be. */
export type Status = 'OPEN' | 'ACCEPTED' | 'DISMISSED' | 'EXPIRED';

/** Why one expired. */
export type ExpiryCause = 'TIME' | 'FACT_CHANGED' | 'CONVERSATION_RESOLVED' | 'REPLACED' | 'TEMPLATE_DELETED';

/** A row of `recommendation`, as it is to be seen: one whose time is over is expired, whether or not it was swept. */
export interface RecommendationRow {
  readonly id: string;
  readonly conversation_id: string;
  readonly customer_id: string;
  readonly order_id: string;
  readonly template_id: string;
  readonly language: ReplyLanguage;
  readonly text: string;
  readonly reason: string;
  readonly source: string;
  readonly event_type: string;
  readonly event_id: string;
  readonly status: Status;
  readonly expiry_cause: ExpiryCause | null;
  readonly dismiss_reason: string | null;
  readonly final_text: string | null;
  readonly closed_by: string | null;
  readonly closed_at: Date | null;
  readonly occurred_at: Date;
  readonly created_at: Date;
  readonly expires_at: Date;
}

/** What came of an event. */
export type Outcome =
  | 'RECOMMENDED'
  | 'ALREADY_OPEN'
  | 'NO_TEMPLATE'
  | 'NO_OPEN_CONVERSATION'
  | 'UNKNOWN_CUSTOMER';

/** A row of `decision`. */
export interface DecisionRow {
  readonly id: string;
  readonly source: string;
  readonly event_type: string;
  readonly event_id: string;
  readonly order_id: string;
  readonly customer_id: string;
  readonly outcome: Outcome;
  readonly recommendation_id: string | null;
  readonly rejections: readonly { readonly templateId: string; readonly reason: string }[];
  readonly decided_at: Date;
}
