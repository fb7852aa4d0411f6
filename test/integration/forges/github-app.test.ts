import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAppTokens } from '../../../src/forges/github/app-tokens.ts';
import { withGithubApp } from '../../../src/forges/github/with-app.ts';
import type { CredentialKey } from '../../../src/secrets/credentials.ts';
import { createEnvironmentSecrets } from '../../../src/secrets/environment-secrets.ts';
import { createFindCredential } from '../../../src/secrets/find-credential.ts';
import { type EmulatedApp, startGithubApp } from '../../support/forges/github-app-api.ts';
import { accessTo, failureOf } from './releases.ts';

let app: EmulatedApp;
let stored: Record<string, string>;
let clock: number;
beforeEach(async () => {
  app = await startGithubApp();
  stored = { SLIPWAY_SECRET_GITHUB_APP_ID: app.id, SLIPWAY_SECRET_GITHUB_APP_PRIVATE_KEY: app.privateKey };
  clock = 0;
  app.now = () => Date.now() + clock;
});
afterEach(() => app.stop());

function finder() {
  const access = accessTo(app.url, 'github');
  const hosts = [new URL(app.url).host];
  const find = createFindCredential({ secrets: createEnvironmentSecrets(stored), hosts });
  const found = withGithubApp(find, createAppTokens(fetch, app.now), access);
  return (key: CredentialKey = 'gitops-token', repository = 'acme/gitops') =>
    found(key, `${app.url}/${repository}.git`, 'default');
}

describe('the token of a GitHub App', () => {
  it.each([
    ['git-token', { contents: 'read' }],
    ['gitops-token', { contents: 'write', pull_requests: 'write' }],
    ['status-token', { statuses: 'write' }],
  ] as const)('in place of a %s may do no more than that, in one repository', async (key, permissions) => {
    expect(await finder()(key)).toEqual({
      kind: 'token',
      token: 'ghs_made-1',
      app: { id: '4711', slug: 'slipway-releases' },
    });
    expect(app.made).toEqual([{ token: 'ghs_made-1', repositories: ['gitops'], permissions }]);
  });

  it('is made once for all who need it, and anew for each purpose and repository', async () => {
    app.installed.add('acme/shop');
    const find = finder();
    await Promise.all([find(), find(), find('git-token'), find('git-token', 'acme/shop')]);
    await find();

    expect(app.made).toHaveLength(3);
  });

  it('is made anew while it still has time left for long work', async () => {
    const find = finder();
    await find();
    clock = 14 * 60_000;
    expect(await find()).toMatchObject({ token: 'ghs_made-1' });
    clock = 16 * 60_000;
    expect(await Promise.all([find(), find()])).toMatchObject([{ token: 'ghs_made-2' }, { token: 'ghs_made-2' }]);
  });

  it('is not asked for where a token is stored, and is made by whatever key is stored now', async () => {
    const find = finder();
    await find();
    stored['SLIPWAY_SECRET_GITOPS_TOKEN'] = 'a person’s';
    expect(await find()).toEqual({ kind: 'token', token: 'a person’s' });
    delete stored['SLIPWAY_SECRET_GITOPS_TOKEN'];
    stored['SLIPWAY_SECRET_GITHUB_APP_ID'] = '4712';

    expect((await failureOf(find())).type).toBe('AccessDenied');
  });

  it('is missing where the App is not installed, until it is', async () => {
    const find = finder();
    expect(await find('gitops-token', 'acme/shop')).toMatchObject({
      kind: 'missing',
      places: expect.arrayContaining(['GitHub App 4711, which is not installed for acme/shop']),
    });
    app.installed.add('acme/shop');
    expect(await find('gitops-token', 'acme/shop')).toMatchObject({ kind: 'token' });
  });

  it.each([
    ['a key of another App', { status: 401 }, 'AccessDenied', /github-app-id and github-app-private-key.*clock/],
    [
      'a suspended App',
      { status: 403, body: { message: 'suspended' } },
      'AccessDenied',
      /not suspended.*contents: write, pull requests: write.*suspended/,
    ],
    ['a rate limit', { status: 403, headers: { 'retry-after': '9' } }, 'RateLimited', /limits how often/],
    ['an outage', { status: 502 }, 'Unavailable', /answered 502/],
  ] as const)('explains %s', async (_what, fault, type, message) => {
    app.fault = fault;
    const failure = await failureOf(finder()());

    expect(failure).toMatchObject({ type, message: expect.stringMatching(message) });
    expect(failure.message).toMatch(/App 4711 for acme\/gitops at 127/);
  });

  it('says which permission the App lacks, and tries again', async () => {
    app.permissions = ['contents'];
    const find = finder();
    expect(await failureOf(find())).toMatchObject({
      type: 'AccessDenied',
      message: expect.stringMatching(/In place of gitops-token it needs contents: write, pull requests: write/),
    });
    app.permissions = ['contents', 'pull_requests'];
    expect(await find()).toMatchObject({ kind: 'token' });
  });

  it('does not repeat a private key that is none', async () => {
    stored['SLIPWAY_SECRET_GITHUB_APP_PRIVATE_KEY'] = '-----BEGIN RSA PRIVATE KEY-----\nbroken-secret\n';
    const failure = await failureOf(finder()());

    expect(failure).toMatchObject({
      type: 'SecretMissing',
      message: expect.stringContaining('github-app-private-key'),
    });
    expect(JSON.stringify([failure.message, String(failure.cause)])).not.toContain('broken-secret');
  });
});
