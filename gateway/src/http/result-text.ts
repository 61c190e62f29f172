import { formatPosition } from '@deskgraph/events';
import type { ClientError, ExecutionText } from '../execution/executable-operation.js';

/** Texts of results that go to many subscribers: written once. */
const texts = new WeakMap<ExecutionText, string>();

/** The JSON text of a response (GraphQL specification, section 7.1); the data is passed through as it is. */
export function resultText(result: ExecutionText): string {
  const { data, errors, position } = result;
  const text = responseText(data, errors);
  return position === undefined
    ? text
    : `${text.slice(0, -1)},"extensions":{"position":"${formatPosition(position)}"}}`;
}

/** As `resultText`, remembered for as long as the result is: the gateway gives one to all who share an event. */
export function sharedResultText(result: ExecutionText): string {
  let text = texts.get(result);
  if (text === undefined) {
    text = resultText(result);
    texts.set(result, text);
  }
  return text;
}

/** Errors come first, so that they are seen in a long response. */
export function responseText(data: string, errors: readonly object[] | undefined): string {
  return errors === undefined || errors.length === 0
    ? `{"data":${data}}`
    : `{"errors":${JSON.stringify(errors)},"data":${data}}`;
}

/** The JSON text of a response without data. */
export function errorsText(errors: readonly ClientError[]): string {
  return JSON.stringify({ errors });
}
