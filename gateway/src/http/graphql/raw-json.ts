import type { FormattedExecutionResult } from 'graphql';
import { responseText } from '../result-text.js';

/**
 * JSON text in the place of `data`: Apollo Server carries it through without looking. It also holds on to it until the
 * next full garbage collection, so the text is taken out when the response is written.
 */
export class RawJson {
  #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text; empty from then on. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}

/** Apollo Server's `stringifyResult`: writes what is not text yet, which for a good result is nothing. */
export function stringifyResult(result: FormattedExecutionResult): string {
  const data: unknown = result.data;
  return data instanceof RawJson ? responseText(data.take(), result.errors) : JSON.stringify(result);
}
