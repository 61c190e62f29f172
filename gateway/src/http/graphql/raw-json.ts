import type { FormattedExecutionResult } from 'graphql';
import { responseText } from '../result-text.js';

/** JSON text in the place of `data`: Apollo Server carries it through without looking. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** Apollo Server's `stringifyResult`: writes what is not text yet, which for a good result is nothing. */
export function stringifyResult(result: FormattedExecutionResult): string {
  const data: unknown = result.data;
  return data instanceof RawJson ? responseText(data.text, result.errors) : JSON.stringify(result);
}
