import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isDeskgraphError } from '@deskgraph/plugin-sdk';
import { base64url, SignJWT } from 'jose';
import { DemoAuthenticator } from '../../src/identity/demo-authenticator.js';
import { demoPeople } from '../../src/identity/demo-people.js';

const hourMs = 60 * 60 * 1000;
const start = Date.UTC(2026, 0, 1);

describe('demonstration tokens', () => {
  let dataDir: string;
  let now = start;
  let authenticator: DemoAuthenticator;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'deskgraph-identity-'));
    authenticator = await DemoAuthenticator.open({ dataDir, now: () => now });
  });
  after(() => rm(dataDir, { recursive: true }));

  const keyPath = () => join(dataDir, 'identity', 'signing.key');
  const key = async () => Buffer.from(await readFile(keyPath(), 'utf8'), 'base64');
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const refuses = (authorization: string, message?: RegExp) =>
    assert.rejects(
      authenticator.authenticate({ authorization }),
      (error: unknown) =>
        isDeskgraphError(error, 'UNAUTHENTICATED') && (message?.test(error.message) ?? true),
    );
  /** A token that is good but for what the test changes. */
  const sign = async (
    change: (token: SignJWT) => SignJWT,
    { alg = 'HS256', secret }: { alg?: string; secret?: Uint8Array } = {},
  ) =>
    change(
      new SignJWT()
        .setProtectedHeader({ alg })
        .setSubject('agent-mia')
        .setIssuer('deskgraph-demo')
        .setAudience('deskgraph')
        .setIssuedAt(start / 1000)
        .setExpirationTime((start + hourMs) / 1000),
    ).sign(secret ?? (await key()));

  it('says who each person is', async () => {
    assert.deepEqual([...demoPeople.keys()], ['agent-mia', 'agent-tom', 'visitor-li']);
    for (const person of demoPeople.values()) {
      const token = await authenticator.issueDemoToken(person.id);
      assert.equal(await authenticator.authenticate(bearer(token)), person);
    }
    assert.equal(demoPeople.get('visitor-li')?.displayName, '李伟 Li Wei');
    assert.deepEqual(demoPeople.get('visitor-li')?.scopes, ['chat:write']);
  });

  it('takes nobody for nobody, which is no error', async () => {
    assert.equal(await authenticator.authenticate({}), null);
  });

  it('issues nothing for a stranger', async () => {
    await assert.rejects(authenticator.issueDemoToken('agent-eve'), (error: unknown) =>
      isDeskgraphError(error, 'NOT_FOUND'),
    );
  });

  it('refuses a token that has expired, also one it has seen before', async () => {
    const token = await authenticator.issueDemoToken('agent-mia');
    await authenticator.authenticate(bearer(token));
    now += 12 * hourMs;
    await refuses(`Bearer ${token}`, /expired/);
    now = start;
  });

  it('keeps its key over restarts', async () => {
    const token = await authenticator.issueDemoToken('agent-tom');
    const restarted = await DemoAuthenticator.open({ dataDir, now: () => now });
    assert.equal((await restarted.authenticate(bearer(token)))?.id, 'agent-tom');
  });

  it('keeps its key to itself, even when it was copied with wider permissions', async () => {
    assert.equal((await stat(keyPath())).mode & 0o777, 0o600);
    await chmod(keyPath(), 0o644);
    await DemoAuthenticator.open({ dataDir });
    assert.equal((await stat(keyPath())).mode & 0o777, 0o600);
  });

  it('takes no key that is too short', async () => {
    const other = await mkdtemp(join(tmpdir(), 'deskgraph-identity-'));
    await DemoAuthenticator.open({ dataDir: other });
    await writeFile(join(other, 'identity', 'signing.key'), 'c2hvcnQ=');
    await assert.rejects(DemoAuthenticator.open({ dataDir: other }), (error: unknown) =>
      isDeskgraphError(error, 'CONFIG_INVALID'),
    );
    await rm(other, { recursive: true });
  });

  it('accepts a good token made by the test, so that the refusals below mean something', async () => {
    const token = await sign((good) => good);
    assert.equal((await authenticator.authenticate(bearer(token)))?.id, 'agent-mia');
  });

  const forgeries: Readonly<Record<string, () => Promise<string>>> = {
    'another key': () => sign((token) => token, { secret: Buffer.alloc(32) }),
    'another algorithm with the same key': async () =>
      sign((token) => token, { alg: 'HS512', secret: Buffer.concat([await key(), await key()]) }),
    'another issuer': () => sign((token) => token.setIssuer('elsewhere')),
    'another audience': () => sign((token) => token.setAudience('elsewhere')),
    'somebody who is not known': () => sign((token) => token.setSubject('agent-eve')),
    'no expiry': async () =>
      new SignJWT({ sub: 'agent-mia', iss: 'deskgraph-demo', aud: 'deskgraph' })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(await key()),
    'no signature': async () => {
      const claims = { sub: 'agent-mia', iss: 'deskgraph-demo', aud: 'deskgraph', exp: start / 1000 + 60 };
      return `${base64url.encode('{"alg":"none"}')}.${base64url.encode(JSON.stringify(claims))}.`;
    },
    'a changed payload': async () => {
      const [header, , signature] = (await sign((token) => token)).split('.');
      const claims = { sub: 'agent-tom', iss: 'deskgraph-demo', aud: 'deskgraph', exp: start / 1000 + 3600 };
      return `${header}.${base64url.encode(JSON.stringify(claims))}.${signature}`;
    },
    garbage: async () => 'garbage',
  };
  for (const [name, forge] of Object.entries(forgeries)) {
    it(`refuses a token with ${name}`, async () => refuses(`Bearer ${await forge()}`));
  }

  for (const authorization of ['', 'Bearer', 'Basic abc', 'Bearer a b']) {
    it(`refuses the authorization "${authorization}"`, () => refuses(authorization, /Bearer <token>/));
  }

  it('reads the scheme in any case', async () => {
    const token = await authenticator.issueDemoToken('agent-mia');
    assert.equal((await authenticator.authenticate({ authorization: `bearer ${token}` }))?.id, 'agent-mia');
  });
});
