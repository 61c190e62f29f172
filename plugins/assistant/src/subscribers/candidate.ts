import type { Candidate } from '../matching/choose-template.js';
import type { TemplateRow } from '../store/rows.js';

/** A stored template for matching. */
export function toCandidate(row: TemplateRow): Candidate {
  const { id, language, text, conditions, priority } = row;
  const expiresAfterMs = row.expires_after_seconds * 1_000;
  return { id, language, text, conditions, priority, expiresAfterMs, expiresOn: row.expires_on };
}
