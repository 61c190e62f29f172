/** Languages that templates can be written in, as BCP 47 primary subtags. */
export const replyLanguages = ['zh', 'en'] as const;

/** One of `replyLanguages`. */
export type ReplyLanguage = (typeof replyLanguages)[number];

/** The language of a tag such as `zh-CN`; null for others, and for none. */
export function languageOfTag(tag: string | null | undefined): ReplyLanguage | null {
  const primary = tag?.split(/[-_]/)[0]?.toLowerCase();
  return replyLanguages.find((language) => language === primary) ?? null;
}

/**
 * The language that a text seems to be written in: Chinese with Han characters and without those of Japanese or
 * Korean, English with Latin letters. Null when it says nothing, like a number or a smile.
 */
export function languageOfText(text: string): ReplyLanguage | null {
  if (/\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u.test(text)) return null;
  if (/\p{Script=Han}/u.test(text)) return 'zh';
  return /\p{Script=Latin}/u.test(text) ? 'en' : null;
}

/** The languages in the order in which they are tried: the customer's, then the default, then the others. */
export function languagesToTry(
  customers: ReplyLanguage | null,
  fallback: ReplyLanguage,
): readonly ReplyLanguage[] {
  const wanted = customers === null ? [fallback] : [customers, fallback];
  return [...new Set([...wanted, ...replyLanguages])];
}
