import { DeskgraphError } from '@deskgraph/plugin-sdk';
import type { NodeConnectionOptions } from '@nats-io/transport-node';

/**
 * What a URL says of how to connect: `nats://user:password@host:4222`, `tls://token@host`; several of a cluster are
 * separated by commas, and the first one's credentials hold for all.
 * @throws DeskgraphError CONFIG_INVALID
 */
export function serverAddress(text: string): NodeConnectionOptions {
  const urls = text.split(',').map((part) => parsed(part.trim()));
  const first = urls[0] as URL;
  const [user, pass] = [decodeURIComponent(first.username), decodeURIComponent(first.password)];
  return {
    servers: urls.map(({ hostname, port }) => `${hostname}:${port === '' ? 4222 : port}`),
    ...(pass !== '' ? { user, pass } : user !== '' ? { token: user } : {}),
    ...(urls.some(({ protocol }) => protocol === 'tls:') ? { tls: {} } : {}),
  };
}

function parsed(part: string): URL {
  const text = part.includes('://') ? part : `nats://${part}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && url.hostname !== '' && ['nats:', 'tls:'].includes(url.protocol)) return url;
  throw new DeskgraphError(
    'CONFIG_INVALID',
    'The address of the NATS server is no URL of the form nats://user:password@host:4222.',
  );
}
