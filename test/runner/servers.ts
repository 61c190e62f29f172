import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { startTestServer } from '@deskgraph/postgres/testing';

/** What the tests share: environment variables that name servers, and how to end them. */
export interface TestServers extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts what many test files share, once, on free ports. */
export async function startTestServers(): Promise<TestServers> {
  const postgres = await startTestServer();
  return {
    environment: { DESKGRAPH_TEST_POSTGRES_URL: postgres.url },
    [Symbol.asyncDispose]: () => postgres[Symbol.asyncDispose](),
  };
}

/** Programs that some tests drive, with the Debian package each comes in. */
const programs = [
  { path: '/usr/bin/chromium', debianPackage: 'chromium' },
  { path: '/usr/bin/redis-server', debianPackage: 'redis-server' },
  { path: '/usr/sbin/nats-server', debianPackage: 'nats-server' },
];

/**
 * Installs missing programs on Debian when run as root. Elsewhere the tests that need them are skipped by
 * name, so nothing here fails.
 */
export function installPrograms(log: (line: string) => void): void {
  const missing = programs.filter(({ path }) => !existsSync(path)).map(({ debianPackage }) => debianPackage);
  if (missing.length === 0 || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  log(`Installing ${missing.join(', ')} for the tests...`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...missing]]) {
    const { status } = spawnSync('apt-get', ['-qq', ...args], {
      env: environment,
      stdio: 'ignore',
      timeout: 300_000,
    });
    if (status !== 0) {
      log(`apt-get ${args[0]} failed; tests that need ${missing.join(', ')} are skipped.`);
      return;
    }
  }
}
