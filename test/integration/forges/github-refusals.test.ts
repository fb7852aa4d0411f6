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

it('cuts the description of a status to what GitHub takes', async () => {
  const forge = await world.open('acme/gitops', tokens.statusOnly, 'status-token');
  const commit = await world.commit('acme/gitops', 'statuses', 's', 's', 'main');
  const status = { state: 'success', context: 'slipway/greeter', url: null } as const;
  await forge.setCommitStatus(commit, { ...status, description: 'ä😀'.repeat(100) });
  const { body } = await world.api(`/repos/acme/gitops/commits/${commit}/status`);

  expect(Array.from(body.statuses[0].description)).toHaveLength(140);
  expect(body.statuses[0].description.endsWith('…')).toBe(true);
});

describe('what GitHub refuses', () => {
  it.each([
    ['a token that may only read', tokens.reader, /not accessible by personal access token/],
    ['a classic token without the scope', tokens.scopeless, /has not the scope.*repo/],
  ])('explains %s', async (_what, token, message) => {
    const forge = await world.open('acme/gitops', token);

    expect(await failureOf(forge.openPullRequest(request(await newBranch(world))))).toMatchObject({
      type: 'AccessDenied',
      message: expect.stringMatching(message),
    });
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
