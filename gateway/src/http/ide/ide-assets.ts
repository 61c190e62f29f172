import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the page. */
export interface IdeAsset {
  readonly type: string;
  readonly content: Buffer;
  /** Entity tag: a hash of the content. */
  readonly etag: string;
}

const script = 'text/javascript; charset=utf-8';
const style = 'text/css; charset=utf-8';

const packageOf = createRequire(import.meta.url);
/** The page's own files stay in the source tree: the compiler has nothing to do with them. */
const ownFolder = fileURLToPath(new URL('../../../../src/http/ide/assets/', import.meta.url));

/** Where each file is, by its name under `/ide/`. All come from packages that are installed with the gateway. */
const files: ReadonlyMap<string, { readonly type: string; readonly path: () => string }> = new Map([
  ['page.js', { type: script, path: () => join(ownFolder, 'page.js') }],
  ['page.css', { type: style, path: () => join(ownFolder, 'page.css') }],
  ['graphiql.js', { type: script, path: () => inPackage('graphiql', 'graphiql.min.js') }],
  ['graphiql.css', { type: style, path: () => inPackage('graphiql', 'graphiql.min.css') }],
  ['react.js', { type: script, path: () => inPackage('react', 'umd/react.production.min.js') }],
  ['react-dom.js', { type: script, path: () => inPackage('react-dom', 'umd/react-dom.production.min.js') }],
  ['graphql-ws.js', { type: script, path: () => inPackage('graphql-ws', 'umd/graphql-ws.min.js') }],
]);

/** Read once, when first asked for. */
const loaded = new Map<string, Promise<IdeAsset>>();

/** A file of the page by its name under `/ide/`; undefined when there is none of that name. */
export function ideAsset(name: string): Promise<IdeAsset> | undefined {
  const file = files.get(name);
  if (file === undefined) return undefined;
  let asset = loaded.get(name);
  if (asset === undefined) {
    asset = load(file.path(), file.type);
    loaded.set(name, asset);
  }
  return asset;
}

async function load(path: string, type: string): Promise<IdeAsset> {
  const content = await readFile(path);
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
  return { type, content, etag };
}

function inPackage(name: string, file: string): string {
  return join(dirname(packageOf.resolve(`${name}/package.json`)), file);
}
