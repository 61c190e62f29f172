import type pg from 'pg';

/**
 * What the driver needs to connect with a schema as its search path. It is set as the connection starts, so that
 * no statement ever runs without it. `options` of the URL itself are kept: hosted servers use them for routing.
 */
export function connectionSettings(
  url: string,
  schema?: string,
): Pick<pg.ClientConfig, 'connectionString' | 'options' | 'keepAlive' | 'application_name'> {
  const common = { keepAlive: true, application_name: 'deskgraph' };
  if (schema === undefined) return { connectionString: url, ...common };
  const searchPath = `-c search_path=${quoted(schema)}`;
  if (!URL.canParse(url)) return { connectionString: url, options: searchPath, ...common };
  const location = new URL(url);
  const own = location.searchParams.get('options');
  // The driver would let the URL's options replace ours.
  location.searchParams.delete('options');
  const options = own === null ? searchPath : `${own} ${searchPath}`;
  return { connectionString: own === null ? url : location.href, options, ...common };
}

/** An identifier, quoted for SQL, then escaped for the words of `options`. */
function quoted(schema: string): string {
  return `"${schema.replaceAll('"', '""')}"`.replace(/[\\\s]/g, '\\$&');
}
