import { type Condition, decide } from './condition.js';
import type { Formats } from './formats.js';
import type { ReplyLanguage } from './language.js';
import { reasonFor } from './reason.js';
import { render } from './template-text.js';
import type { Subject } from './variables.js';

/** A template as far as matching goes. */
export interface Candidate {
  readonly id: string;
  readonly language: ReplyLanguage;
  readonly text: string;
  readonly conditions: readonly Condition[];
  readonly priority: number;
  readonly expiresAfterMs: number;
  readonly expiresOn: readonly string[];
}

/** The event, and what is known around it. */
export interface Occasion extends Subject {
  readonly eventType: string;
  readonly orderNumber: string;
  readonly now: Date;
  /** What happened to the order, this event included: type to when it last did. */
  readonly happened: ReadonlyMap<string, Date>;
}

/** A template that fits, filled in. */
export interface Match {
  readonly template: Candidate;
  readonly text: string;
  /** Why it fits, in a sentence of the template's language. */
  readonly reason: string;
  readonly expiresAt: Date;
}

/** Why a template does not fit. */
export interface Rejection {
  readonly templateId: string;
  readonly reason: string;
}

/** What came of matching. */
export interface Choice {
  readonly chosen: Match | null;
  readonly rejections: readonly Rejection[];
}

/**
 * The template for an occasion: in the first language that has one that fits, the one with the highest priority,
 * among equals the one that comes first. Never throws, whatever the data.
 */
export function chooseTemplate(
  candidates: readonly Candidate[],
  occasion: Occasion,
  languages: readonly ReplyLanguage[],
  formats: Readonly<Record<ReplyLanguage, Formats>>,
): Choice {
  const rejections: Rejection[] = [];
  const matches: Match[] = [];
  for (const template of candidates) {
    const outcome = match(template, occasion, formats[template.language]);
    if (typeof outcome === 'string') rejections.push({ templateId: template.id, reason: outcome });
    else matches.push(outcome);
  }
  for (const language of languages) {
    const inLanguage = matches.filter(({ template }) => template.language === language);
    const [best] = inLanguage.sort((a, b) => b.template.priority - a.template.priority);
    if (best !== undefined) return { chosen: best, rejections };
  }
  return { chosen: null, rejections };
}

/** Why the template comes too late; null when it does not. */
export function tooLate({ expiresAfterMs }: Candidate, occurredAt: Date, now: Date): string | null {
  const ageMs = now.getTime() - occurredAt.getTime();
  if (ageMs < expiresAfterMs) return null;
  return `the event is ${minutes(ageMs)} old, and the reply is of use for ${minutes(expiresAfterMs)}`;
}

/** The template filled in, or why it does not fit. */
function match(template: Candidate, occasion: Occasion, formats: Formats): Match | string {
  const late = tooLate(template, occasion.occurredAt, occasion.now);
  if (late !== null) return late;
  const overtaken = template.expiresOn.find((type) => happenedSince(type, occasion));
  if (overtaken !== undefined) return `${overtaken} happened since`;
  const verdicts = template.conditions.map((condition) => decide(condition, occasion.data));
  const broken = verdicts.filter(({ holds }) => !holds);
  if (broken.length > 0) return `does not hold: ${broken.map(({ because }) => because).join('; ')}`;
  const rendering = render(template.text, occasion, formats);
  if ('missing' in rendering) return `missing: ${rendering.missing.join(', ')}`;
  return {
    template,
    text: rendering.text,
    reason: reasonFor(occasion, verdicts, template.language),
    expiresAt: new Date(occasion.occurredAt.getTime() + template.expiresAfterMs),
  };
}

/** The event itself is no reason against a reply to it, unless it happened again. */
function happenedSince(type: string, { eventType, occurredAt, happened }: Occasion): boolean {
  const last = happened.get(type);
  if (last === undefined) return false;
  return type === eventType ? last > occurredAt : last >= occurredAt;
}

function minutes(ms: number): string {
  return `${Math.round(ms / 60_000)} min`;
}
