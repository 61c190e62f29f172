import { readFile } from 'node:fs/promises';
import { type HubSettings, knownSenders } from '@deskgraph/gateway';
import { DeskgraphError, Secret } from '@deskgraph/plugin-sdk';

/** Whose secret it is. */
export interface SecretChoice {
  readonly sender: string;
  /** A file with the secret goes before the sender. */
  readonly secretFile?: string;
}

/**
 * The secret to sign with; never an argument of the command, where everybody on the machine could read it.
 * @throws DeskgraphError BAD_USER_INPUT when there is no such file, or no such sender in the configuration
 */
export async function signingSecret(
  settings: HubSettings,
  { sender, secretFile }: SecretChoice,
): Promise<Secret> {
  if (secretFile !== undefined) return readSecret(secretFile);
  const senders = await knownSenders(settings);
  const [secret] = senders.find(({ name }) => name === sender)?.secrets ?? [];
  if (secret !== undefined) return secret;
  const known = senders.map(({ name }) => name).join(', ') || 'nobody';
  throw new DeskgraphError(
    'BAD_USER_INPUT',
    `${settings.file} has no sender ${sender} under events.webhooks (there: ${known}). Give --sender or --secret-file.`,
  );
}

async function readSecret(file: string): Promise<Secret> {
  try {
    return new Secret((await readFile(file, 'utf8')).trim());
  } catch (cause) {
    throw new DeskgraphError('BAD_USER_INPUT', `${file} cannot be read: ${(cause as Error).message}.`, {
      cause,
    });
  }
}
