import type { IdeOptions } from './ide-options.js';

/**
 * Nothing from elsewhere, no script in the page; styles may be inline because the editor sets them so. Nobody
 * may frame the page: it can hold a token.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** The page; its options travel in a data block, which no policy takes for a script. */
export async function renderPage(options: IdeOptions): Promise<string> {
  const { defaultQuery = '', defaultHeaders } = options;
  const headers = defaultHeaders === undefined ? '' : JSON.stringify(await defaultHeaders(), null, 2);
  const data = JSON.stringify({ defaultQuery, defaultHeaders: headers }).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Deskgraph</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/ide/graphiql.css">
  <link rel="stylesheet" href="/ide/page.css">
</head>
<body>
  <div id="ide">Loading</div>
  <script id="options" type="application/json">${data}</script>
  <script src="/ide/react.js"></script>
  <script src="/ide/react-dom.js"></script>
  <script src="/ide/graphql-ws.js"></script>
  <script src="/ide/graphiql.js"></script>
  <script src="/ide/page.js"></script>
</body>
</html>
`;
}
