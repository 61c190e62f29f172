import { DeskgraphError, type Principal, type Secret } from '@deskgraph/plugin-sdk';
import { errors, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Authenticator, Credentials } from './authenticator.js';
import { demoPeople } from './demo-people.js';
import { loadSigningKey } from './signing-key.js';

const issuer = 'deskgraph-demo';
const audience = 'deskgraph';
const algorithm = 'HS256';
const defaultLifetimeMs = 12 * 60 * 60 * 1000;
/** How long a verified token is believed without looking again. */
const believedMs = 60_000;

export interface DemoAuthenticatorOptions {
  /** Where the signing key is kept. */
  readonly dataDir: string;
  /** Lifetime of issued tokens. Default 12 hours. */
  readonly tokenLifetimeMs?: number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

interface VerifiedToken {
  readonly principal: Principal;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Signed tokens for a fixed set of people, so that the hub can be tried without an identity provider. */
export class DemoAuthenticator implements Authenticator {
  readonly #key: Uint8Array;
  readonly #lifetimeMs: number;
  readonly #now: () => number;
  readonly #verified: LRUCache<string, VerifiedToken>;

  private constructor(key: Secret, options: DemoAuthenticatorOptions) {
    this.#key = Buffer.from(key.reveal(), 'base64');
    this.#lifetimeMs = options.tokenLifetimeMs ?? defaultLifetimeMs;
    this.#now = options.now ?? Date.now;
    this.#verified = new LRUCache({ max: 10_000, ttl: believedMs, perf: { now: this.#now } });
  }

  /** Reads the signing key, or makes one. */
  static async open(options: DemoAuthenticatorOptions): Promise<DemoAuthenticator> {
    return new DemoAuthenticator(await loadSigningKey(options.dataDir), options);
  }

  /**
   * A token for one of the demonstration's people.
   * @throws DeskgraphError NOT_FOUND for an id that is not among them
   */
  async issueDemoToken(id: string): Promise<string> {
    if (!demoPeople.has(id)) {
      throw new DeskgraphError(
        'NOT_FOUND',
        `There is no demo person "${id}"; there are ${[...demoPeople.keys()].join(', ')}.`,
      );
    }
    const issuedAt = this.#now();
    return new SignJWT()
      .setProtectedHeader({ alg: algorithm })
      .setSubject(id)
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(Math.floor(issuedAt / 1000))
      .setExpirationTime(Math.floor((issuedAt + this.#lifetimeMs) / 1000))
      .sign(this.#key);
  }

  async authenticate({ authorization }: Credentials): Promise<Principal | null> {
    if (authorization === undefined) return null;
    const token = bearerToken(authorization);
    const known = this.#verified.get(token);
    if (known !== undefined && known.expiresAt > this.#now()) return known.principal;
    const verified = await this.#verify(token);
    this.#verified.set(token, verified);
    return verified.principal;
  }

  async #verify(token: string): Promise<VerifiedToken> {
    const currentDate = new Date(this.#now());
    const requiredClaims = ['sub', 'exp'];
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: [algorithm],
        issuer,
        audience,
        requiredClaims,
        currentDate,
      });
      const principal = demoPeople.get(payload.sub ?? '');
      if (principal === undefined) throw unauthenticated('The token is for somebody who is not known here.');
      return { principal, expiresAt: (payload.exp ?? 0) * 1000 };
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      const reason =
        error instanceof errors.JWTExpired ? 'The token has expired.' : 'The token is not valid.';
      throw unauthenticated(`${reason} Get a new one.`, error);
    }
  }
}

/** The token of `Bearer <token>` (RFC 6750, section 2.1). */
function bearerToken(authorization: string): string {
  const [scheme, token, ...rest] = authorization.trim().split(/\s+/);
  if (scheme?.toLowerCase() === 'bearer' && token !== undefined && rest.length === 0) return token;
  throw unauthenticated('The authorization must read "Bearer <token>".');
}

function unauthenticated(message: string, cause?: unknown): DeskgraphError {
  return new DeskgraphError('UNAUTHENTICATED', message, cause === undefined ? {} : { cause });
}
