import type { CustomerGraph } from '../customer-graph.js';
import { languageOfTag, languageOfText, languagesToTry, type ReplyLanguage } from '../matching/language.js';

/** Whom a reply would be for. */
export interface Audience {
  readonly customerName: string;
  readonly conversationId: string;
  /** In the order in which templates are tried. */
  readonly languages: readonly ReplyLanguage[];
}

/** Why there is nobody to reply to. */
export type Nobody = 'UNKNOWN_CUSTOMER' | 'NO_OPEN_CONVERSATION';

/**
 * Finds a customer's open conversation, and the language to write in: that of their record, else that of the last
 * message of theirs that has one, else the default.
 * @throws Error when the graph cannot say
 */
export async function findAudience(
  customers: CustomerGraph,
  customerId: string,
  defaultLanguage: ReplyLanguage,
  signal: AbortSignal,
): Promise<Audience | Nobody> {
  const addressee = await customers.addressee(customerId, signal);
  if (addressee === null) return 'UNKNOWN_CUSTOMER';
  const { name, conversationId, language } = addressee;
  if (conversationId === null) return 'NO_OPEN_CONVERSATION';
  const theirs = languageOfTag(language) ?? (await spoken(customers, conversationId, signal));
  return { customerName: name, conversationId, languages: languagesToTry(theirs, defaultLanguage) };
}

async function spoken(
  customers: CustomerGraph,
  conversationId: string,
  signal: AbortSignal,
): Promise<ReplyLanguage | null> {
  for (const text of await customers.customersWords(conversationId, signal)) {
    const language = languageOfText(text);
    if (language !== null) return language;
  }
  return null;
}
