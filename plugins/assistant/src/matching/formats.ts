import type { ReplyLanguage } from './language.js';

/** How values are written in a language. */
export interface Formats {
  /** `¥1,280.00`; undefined when the amount is no decimal or the currency no code of three letters. */
  money(amount: unknown, currency: unknown): string | undefined;
  /** A moment as a day in the time zone; undefined when it is no time. */
  day(moment: unknown): string | undefined;
  /** `2026-11-28` as that day, wherever; undefined when it is no day. */
  calendarDay(day: unknown): string | undefined;
  /** Names in a row; undefined when there are none. */
  list(names: readonly string[]): string | undefined;
}

const locales: Readonly<Record<ReplyLanguage, string>> = { zh: 'zh-CN', en: 'en' };
const amountPattern = /^-?\d{1,15}(\.\d{1,4})?$/;
const maxListed = 3;

/** The formats of each language. @throws RangeError for an unknown IANA time zone */
export function formatsIn(timeZone: string): Readonly<Record<ReplyLanguage, Formats>> {
  return { zh: formats(locales.zh, timeZone), en: formats(locales.en, timeZone) };
}

function formats(locale: string, timeZone: string): Formats {
  const zoned = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone });
  const unzoned = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' });
  const day = (format: Intl.DateTimeFormat, value: unknown) => {
    const time = typeof value === 'string' || value instanceof Date ? new Date(value) : new Date(Number.NaN);
    return Number.isNaN(time.getTime()) ? undefined : format.format(time);
  };
  return {
    money(amount, currency) {
      if (typeof amount !== 'string' || !amountPattern.test(amount)) return undefined;
      if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) return undefined;
      // As text: a number would round what has more than 15 digits.
      return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount as `${number}`);
    },
    day: (moment) => day(zoned, moment),
    calendarDay: (value) =>
      typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? day(unzoned, value) : undefined,
    list(names) {
      if (names.length === 0) return undefined;
      const listed = names.slice(0, maxListed);
      return lists.format(names.length > maxListed ? [...listed, '…'] : listed);
    },
  };
}
