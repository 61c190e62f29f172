import { errorCatalogue } from '../src/error-catalogue.js';

/** Where the document is. */
export const errorDocs = new URL('../../../../docs/errors.md', import.meta.url);

/** `docs/errors.md`, from the catalogue. */
export function renderErrorDocs(): string {
  const rows = Object.entries(errorCatalogue).map(
    ([code, { status, retryable, meaning, remedy }]) =>
      `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${meaning} | ${remedy} |`,
  );
  return `# Errors

Every error that reaches a client or an operator has one of these codes: in GraphQL responses as
\`extensions.code\`, in logs as \`code\`. The HTTP status is the one of a request that ends with the error as a
whole; an error of a single field leaves it at 200. "Retry" says whether the same call may succeed later.

This file is written by \`pnpm --filter @deskgraph/plugin-sdk run docs\` from
\`packages/plugin-sdk/src/error-catalogue.ts\`; a test keeps the two and the code together.

| Code | HTTP | Retry | What happened | What to do |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
