import { createHash, timingSafeEqual } from 'node:crypto';

/** One token of the forge and whose it is; several entries may share a login. */
export interface ForgeUser {
  readonly login: string;
  readonly token: string;
  /** `app`: an app's installation token, whose login ends in `[bot]` and which may not ask who it is. */
  readonly kind?: 'user' | 'app';
  /** A token that may only read gets 403 for anything else; `write` by default. */
  readonly may?: 'read' | 'write';
  /** Scopes of a classic token, which are told in every answer; one without `repo` gets 404 for what it may not. */
  readonly scopes?: readonly string[];
  /** Private repositories (`owner/name`) that the token sees; all by default. */
  readonly sees?: readonly string[];
}

/** Who sends a request. `unknown`: with a token that is nobody's. */
export type Caller =
  | { readonly kind: 'user'; readonly user: ForgeUser }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'unknown' };

/** Reads an Authorization header: `Bearer`, `token`, or `Basic` with the token as password. */
export function identify(users: readonly ForgeUser[], authorization: string | undefined): Caller {
  if (authorization === undefined) return { kind: 'anonymous' };
  const token = tokenOf(authorization);
  const user = users.find((candidate) => isSame(candidate.token, token));
  return user === undefined ? { kind: 'unknown' } : { kind: 'user', user };
}

/** May the caller see a repository? Everybody sees a public one. */
export function maySee(caller: Caller, repository: { readonly name: string; readonly private: boolean }): boolean {
  if (!repository.private) return true;
  if (caller.kind !== 'user' || !hasRepoScope(caller.user)) return false;
  return caller.user.sees?.includes(repository.name) ?? true;
}

/** Does the token's scope cover repositories? Only classic tokens have scopes. */
export function hasRepoScope(user: ForgeUser): boolean {
  return user.scopes?.includes('repo') ?? true;
}

/** A number for a name: the same on every start. */
export function stableId(name: string): number {
  return Number.parseInt(createHash('sha256').update(name).digest('hex').slice(0, 8), 16);
}

function tokenOf(authorization: string): string {
  const [scheme = '', value = ''] = authorization.trim().split(/\s+/, 2);
  if (scheme.toLowerCase() !== 'basic') return value;
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  return decoded.slice(decoded.indexOf(':') + 1);
}

function isSame(expected: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}
