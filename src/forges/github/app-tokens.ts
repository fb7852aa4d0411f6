import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { z } from 'zod';
import { Failure } from '../../failures.ts';
import type { CredentialKey, GithubApp } from '../../secrets/credentials.ts';
import { type Attempt, oneLine, secondsHeader } from '../attempt.ts';
import { type ApiAnswer, openJsonApi } from '../json-api.ts';
import type { ForgeRepository } from '../repository-url.ts';

/** A token of an App's installation, for one repository and one purpose. */
export interface AppToken {
  readonly token: string;
  /** The App's name in addresses. */
  readonly slug: string;
}

/**
 * Makes tokens that may do what a key is for in one repository, and no more; undefined where the App is not installed there. Throws
 * `AccessDenied` where GitHub does not take the App or it lacks a permission, `SecretMissing` for a private key that is none.
 */
export type MakeAppToken = (
  app: GithubApp,
  repository: ForgeRepository,
  key: CredentialKey,
) => Promise<AppToken | undefined>;

/** The least that a run does with each key. */
const permissions: Readonly<Record<CredentialKey, Readonly<Record<string, 'read' | 'write'>>>> = {
  'git-token': { contents: 'read' },
  'gitops-token': { contents: 'write', pull_requests: 'write' },
  'status-token': { statuses: 'write' },
};

/** A token lives an hour; whoever gets one may work with it for this long, or wait for a node. */
const leastLeftMs = 45 * 60_000;
const rememberedTokens = 500;

interface Kept extends AppToken {
  readonly endsAt: number;
}

/** Makes tokens by GitHub's API and remembers them, by hashes, while they last long enough. */
export function createAppTokens(
  fetch: typeof globalThis.fetch = globalThis.fetch,
  now: () => number = Date.now,
): MakeAppToken {
  const known = new Map<string, Promise<Kept | undefined>>();

  return async (app, repository, key) => {
    const parts = [repository.api, repository.owner, repository.name, key, app.id, app.privateKey];
    const name = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
    for (let pending = known.get(name); pending !== undefined; pending = known.get(name)) {
      const kept = await pending;
      if (kept !== undefined && kept.endsAt - now() > leastLeftMs) return kept;
      if (known.get(name) === pending) known.delete(name);
    }
    const making = makeToken(app, repository, key, fetch, now);
    const oldest = known.keys().next();
    if (known.size >= rememberedTokens && oldest.done !== true) known.delete(oldest.value);
    known.set(name, making);
    // Neither a failure nor an App that is not installed yet is remembered.
    making.then(
      (made) => made ?? known.delete(name),
      () => known.delete(name),
    );
    return making;
  };
}

const Installation = z.object({ id: z.number(), app_slug: z.string() });
const Token = z.object({ token: z.string(), expires_at: z.iso.datetime({ offset: true }) });

async function makeToken(
  app: GithubApp,
  repository: ForgeRepository,
  key: CredentialKey,
  fetch: typeof globalThis.fetch,
  now: () => number,
): Promise<Kept | undefined> {
  const { name } = repository;
  const api = openJsonApi(
    {
      repository,
      token: appJwt(app, now()),
      key,
      fetch,
      signal: new AbortController().signal,
    },
    { name: 'GitHub', pageSize: '', explain: (answer, attempt) => explain(key, answer, attempt) },
  );
  const finding = { doing: `find the GitHub App ${app.id}`, path: './installation' };
  const answer = await api.ask(finding);
  if (answer.status === 404) return undefined;
  const { id, app_slug: slug } = api.read(finding, answer, Installation);
  const { token, expires_at: end } = await api.call(
    {
      doing: `make a token of the GitHub App ${app.id}`,
      method: 'POST',
      path: `/app/installations/${id}/access_tokens`,
      body: { repositories: [name], permissions: permissions[key] },
    },
    Token,
  );
  return { token, slug, endsAt: Date.parse(end) };
}

/** What an App shows for itself: signed by its key, good for nine minutes, and from a minute ago for clocks that differ. */
function appJwt({ id, privateKey }: GithubApp, now: number): string {
  const seconds = Math.floor(now / 1000);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ iat: seconds - 60, exp: seconds + 540, iss: id })}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), readKey(privateKey)).toString('base64url')}`;
}

function readKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {} // its message may quote the key
  throw new Failure(
    'SecretMissing',
    'github-app-private-key is no RSA private key in PEM. Store the file that GitHub gave when the key was made, as it is.',
  );
}

function explain(key: CredentialKey, { status, headers, body }: ApiAnswer, attempt: Attempt): Failure {
  const message = oneLine(z.object({ message: z.string() }).safeParse(body).data?.message ?? '', attempt.token);
  const said = message === '' ? '' : ` It said: ${message}`;
  const what = `Could not ${attempt.doing} for ${attempt.repository} at ${attempt.host}`;
  const needed = Object.entries(permissions[key])
    .map(([name, level]) => `${name.replace('_', ' ')}: ${level}`)
    .join(', ');
  const fail = (type: Failure['type'], text: string, retryAfterMs?: number): Failure =>
    new Failure(type, `${what}: ${text}${said}`, { ...(retryAfterMs !== undefined && { retryAfterMs }) });
  const wait = secondsHeader(headers.get('retry-after'));

  if (status >= 500) return fail('Unavailable', `${attempt.host} answered ${status}. It is tried again.`, wait);
  if (status === 429 || wait !== undefined || headers.get('x-ratelimit-remaining') === '0')
    return fail(
      'RateLimited',
      `${attempt.host} limits how often an App may call. It goes on by itself.`,
      wait ?? 60_000,
    );
  switch (status) {
    case 401:
      return fail(
        'AccessDenied',
        `${attempt.host} does not accept it. Check that github-app-id and github-app-private-key are of the same App, and this machine's clock.`,
      );
    case 422:
      return fail(
        'AccessDenied',
        `the App lacks a permission. In place of ${key} it needs ${needed}; grant it, and accept the change where the App is installed.`,
      );
    default:
      return fail(
        'AccessDenied',
        `${attempt.host} answered ${status}. Check that the App is not suspended and may use this repository with ${needed}.`,
      );
  }
}
