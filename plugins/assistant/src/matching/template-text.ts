import type { Formats } from './formats.js';
import { type Subject, variableValue } from './variables.js';

/** A template's text, taken apart: what stands as it is, and names of variables. */
type Segment = { readonly text: string } | { readonly variable: string };

/** A template's text with its gaps filled, or the variables that are missing. */
export type Rendering = { readonly text: string } | { readonly missing: readonly string[] };

const gap = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Names of the variables that a template's text refers to, each once. */
export function variablesIn(template: string): string[] {
  const names = parse(template).flatMap((segment) => ('variable' in segment ? [segment.variable] : []));
  return [...new Set(names)];
}

/** Whether braces are left over that belong to no variable. */
export function hasStrayBraces(template: string): boolean {
  return parse(template).some((segment) => 'text' in segment && /\{\{|\}\}/.test(segment.text));
}

/**
 * Fills the gaps, in one pass: what a value contains is never taken for a variable. Never throws, whatever the text
 * and the data.
 */
export function render(template: string, subject: Subject, formats: Formats): Rendering {
  const missing = new Set<string>();
  const parts = parse(template).map((segment) => {
    if ('text' in segment) return segment.text;
    const value = variableValue(segment.variable, subject, formats);
    if (value === undefined) missing.add(segment.variable);
    return value ?? '';
  });
  return missing.size > 0 ? { missing: [...missing] } : { text: parts.join('') };
}

function parse(template: string): Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  for (const match of template.matchAll(gap)) {
    segments.push({ text: template.slice(end, match.index) }, { variable: match[1] ?? '' });
    end = match.index + match[0].length;
  }
  return [...segments, { text: template.slice(end) }];
}
