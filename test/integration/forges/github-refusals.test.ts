import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FindFault, ForgeFault } from '../../../src/embedded/forge/api/faults.ts';
import type { Failure } from '../../../src/failures.ts';
import { createOpenForge } from '../../../src/forges/open-forge.ts';
import { accessTo, failureOf, newBranch, request } from './releases.ts';
import { startWorld, type TestWorld, tokens } from './world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => {
  world.fault = undefined;
});
afterAll(() => world.stop());

const always =
  (fault: ForgeFault): FindFault =>
  () =>
    fault;

describe('the status of a commit', () => {
  it('is set, cut to what GitHub takes, and replaced under its context', async () => {
    const forge = await world.open('acme/gitops', tokens.statusOnly, 'status-token');
    const commit = await world.commit('acme/gitops', 'statuses', 's', 's', 'main');
    await forge.setCommitStatus(commit, {
      state: 'pending',
      context: 'slipway/greeter',
      description: 'Building',
      url: null,
    });
    await forge.setCommitStatus(commit, {
      state: 'success',
      context: 'slipway/greeter',
      description: 'ä😀'.repeat(100),
      url: 'https://example.com/run',
    });

    const { body } = await world.api(`/repos/acme/gitops/commits/${commit}/status`);

    expect(body).toMatchObject({
      state: 'success',
      total_count: 1,
      statuses: [{ context: 'slipway/greeter', target_url: 'https://example.com/run' }],
    });
    expect(Array.from(body.statuses[0].description)).toHaveLength(140);
    expect(body.statuses[0].description.endsWith('…')).toBe(true);
  });

  it('fails for a commit that the repository has not', async () => {
    const forge = await world.open('acme/gitops');
    const failure = await failureOf(
      forge.setCommitStatus('ab'.repeat(20), { state: 'error', context: 'slipway/x', description: '', url: null }),
    );

    expect(failure).toMatchObject({ type: 'SourceNotFound', message: expect.stringContaining('commit abababab') });
  });
});

describe('what GitHub refuses', () => {
  const cases: readonly [string, string, keyof typeof tokens | 'wrong', Failure['type'], RegExp][] = [
    ['a wrong token', 'acme/gitops', 'wrong', 'AccessDenied', /expired or was revoked.*Contents: read and write/],
    [
      'a token that may only read',
      'acme/gitops',
      'reader',
      'AccessDenied',
      /gitops-token may not do that.*not accessible by personal access token/,
    ],
    ['a classic token without the scope', 'acme/gitops', 'scopeless', 'AccessDenied', /has not the scope.*repo/],
    [
      'a private repository that the token cannot see',
      'acme/secret',
      'blind',
      'SourceNotFound',
      /does not exist, or the token of gitops-token cannot see it/,
    ],
    ['a repository that does not exist', 'acme/nothing', 'slipway', 'SourceNotFound', /does not exist, or/],
  ];
  it.each(cases)('explains %s', async (_what, repository, who, type, message) => {
    const token = who === 'wrong' ? 'tok-wrong-value' : tokens[who];
    const forge = await world.open(repository, token);
    const failure = await failureOf(forge.openPullRequest(request(await newBranch(world))));

    expect(failure).toMatchObject({ type, message: expect.stringMatching(message) });
    expect(failure.message).toContain(`${repository} at ${new URL(world.forge().url).host}`);
    expect(JSON.stringify([failure.message, failure.cause, String(failure.stack)])).not.toContain(token);
  });

  const answers: readonly [string, ForgeFault, Failure['type'], RegExp][] = [
    [
      'a ruleset',
      { kind: 'answer', status: 403, message: 'Repository rule violations found' },
      'PolicyRejected',
      /rule of the repository/,
    ],
    [
      'an archived repository',
      { kind: 'answer', status: 403, message: 'Repository was archived so is read-only.' },
      'PolicyRejected',
      /archived/,
    ],
    [
      'single sign-on',
      {
        kind: 'answer',
        status: 403,
        message: 'Resource protected by organization SAML enforcement.',
        headers: { 'x-github-sso': 'required; url=https://x' },
      },
      'AccessDenied',
      /authorize the token/,
    ],
    [
      'a missing permission that the server names',
      {
        kind: 'answer',
        status: 403,
        message: 'Resource not accessible',
        headers: { 'x-accepted-github-permissions': 'pull_requests=write' },
      },
      'AccessDenied',
      /pull_requests=write/,
    ],
    ['a conflict', { kind: 'answer', status: 409, message: 'Conflict' }, 'Contended', /tried again/],
    ['an outage', { kind: 'answer', status: 503, message: 'Unavailable' }, 'Unavailable', /answered 503/],
    ['another refusal', { kind: 'answer', status: 451, message: 'Blocked' }, 'PolicyRejected', /refused it with 451/],
    ['a connection that ends', { kind: 'hangUp' }, 'Unavailable', /was not reached/],
    ['a login page', { kind: 'page' }, 'Unavailable', /not as GitHub's API does/],
  ];
  it.each(answers)('explains %s', async (_what, fault, type, message) => {
    const forge = await world.open('acme/gitops');
    world.fault = always(fault);
    const failure = await failureOf(forge.openPullRequest(request('release/any')));

    expect(failure).toMatchObject({ type, message: expect.stringMatching(message), hostUnknown: false });
  });

  it('never repeats the token, not even when the server does', async () => {
    const forge = await world.open('acme/gitops');
    world.fault = always({ kind: 'answer', status: 403, message: `The token ${tokens.slipway} is bad` });
    const failure = await failureOf(forge.comment(1, 'x'));

    expect(failure.message).toContain('The token [token] is bad');
  });
});

describe('rate limits', () => {
  const limits: readonly [string, ForgeFault, number, number][] = [
    ['the primary limit until it is reset', { kind: 'primaryLimit', resetsInSeconds: 600 }, 590_000, 603_000],
    [
      'the secondary limit as long as the server says',
      { kind: 'secondaryLimit', retryAfterSeconds: 42 },
      42_000,
      42_000,
    ],
    [
      'the secondary limit for a minute when the server does not say',
      { kind: 'secondaryLimit', retryAfterSeconds: null },
      60_000,
      60_000,
    ],
    [
      'a 429 without any header for a minute',
      { kind: 'answer', status: 429, message: 'Too Many Requests' },
      60_000,
      60_000,
    ],
  ];
  it.each(limits)('respects %s', async (_what, fault, least, most) => {
    const forge = await world.open('acme/gitops');
    world.fault = always(fault);
    const failure = await failureOf(forge.pullRequests({ openAgainst: 'main' }));

    expect(failure.type).toBe('RateLimited');
    expect(failure.retryAfterMs).toBeGreaterThanOrEqual(least);
    expect(failure.retryAfterMs).toBeLessThanOrEqual(most);
  });

  it('passes on how long a server that is down asks to wait', async () => {
    const forge = await world.open('acme/gitops');
    world.fault = always({ kind: 'answer', status: 503, message: 'Maintenance', headers: { 'retry-after': '120' } });

    expect(await failureOf(forge.comment(1, 'x'))).toMatchObject({ type: 'Unavailable', retryAfterMs: 120_000 });
  });
});

describe('the network', () => {
  const openAt = (url: string, fetchLike?: typeof fetch, signal = new AbortController().signal) =>
    createOpenForge({
      findCredential: async () => ({ kind: 'token', token: tokens.slipway }),
      ...accessTo(url, 'github'),
      ...(fetchLike && { fetch: fetchLike }),
    })(url, 'gitops-token', 'default', signal);

  it('tells a host whose name does not resolve', async () => {
    const failure = await failureOf((await openAt('http://no-such-host.invalid/acme/gitops')).comment(1, 'x'));

    expect(failure).toMatchObject({ type: 'Unavailable', message: expect.stringContaining('no-such-host.invalid') });
    expect(/EAI_AGAIN/.test(failure.message) || failure.hostUnknown).toBe(true);
  });

  it('marks ENOTFOUND as an unknown host', async () => {
    const notFound: typeof fetch = async () => {
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('getaddrinfo ENOTFOUND x'), { code: 'ENOTFOUND' }),
      });
    };

    expect(await failureOf((await openAt('http://x.invalid/a/b', notFound)).comment(1, 'x'))).toMatchObject({
      type: 'Unavailable',
      hostUnknown: true,
    });
  });

  it('says what to do about a certificate that is not trusted', async () => {
    const untrusted: typeof fetch = async () => {
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('self-signed'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      });
    };

    expect((await failureOf((await openAt('http://x.invalid/a/b', untrusted)).comment(1, 'x'))).message).toContain(
      'SLIPWAY_CA_FILE',
    );
  });

  it('tells a port where nobody listens', async () => {
    const failure = await failureOf((await openAt('http://127.0.0.1:1/acme/gitops')).comment(1, 'x'));

    expect(failure).toMatchObject({ type: 'Unavailable', message: expect.stringContaining('127.0.0.1:1') });
  });

  it('ends with the reason of a cancellation, and not with a failure', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled by the workflow');
    const forge = await openAt(`${world.forge().url}/acme/gitops`, undefined, controller.signal);
    world.fault = always({ kind: 'silence' });
    const waiting = forge.comment(1, 'x');
    setTimeout(() => controller.abort(reason), 50);

    await expect(waiting).rejects.toBe(reason);
  });
});
