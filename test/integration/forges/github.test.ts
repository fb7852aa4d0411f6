import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FindFault, ForgeFault } from '../../../src/embedded/forge/api/faults.ts';
import { Failure } from '../../../src/failures.ts';
import type { NewPullRequest } from '../../../src/forges/forge.ts';
import { createOpenForge } from '../../../src/forges/open-forge.ts';
import { startWorld, type TestWorld, tokens } from './world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => {
  world.fault = undefined;
});
afterAll(() => world.stop());

const request = (head: string, more: Partial<NewPullRequest> = {}): NewPullRequest => ({
  head,
  base: 'main',
  title: `Release ${head}`,
  body: 'A body',
  labels: [],
  reviewers: [],
  ...more,
});

let counter = 0;
/** A branch of its own for each test, one commit ahead of main. */
async function newBranch(repository = 'acme/gitops'): Promise<string> {
  counter += 1;
  const branch = `release/greeter-${counter}`;
  await world.commit(repository, branch, `file-${counter}.yaml`, `number: ${counter}\n`, 'main');
  return branch;
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error('A Failure was expected.', { cause: error });
  return error;
}

const always =
  (fault: ForgeFault): FindFault =>
  () =>
    fault;

describe('opening a pull request', () => {
  it('makes one with labels and reviewers, which the look-up finds again as ours', async () => {
    const forge = await world.open('acme/gitops');
    const head = await newBranch();
    const { pullRequest, warnings } = await forge.openPullRequest(
      request(head, { labels: ['release', 'greeter'], reviewers: ['ada'] }),
    );

    expect(warnings).toEqual([]);
    expect(pullRequest).toMatchObject({
      title: `Release ${head}`,
      body: 'A body',
      state: 'open',
      base: 'main',
      ours: true,
      head: { branch: head },
    });
    expect(await forge.pullRequests({ head })).toEqual([pullRequest]);
    const { body } = await world.api(`/repos/acme/gitops/pulls/${pullRequest.number}`);
    expect(body.labels.map((label: { name: string }) => label.name)).toEqual(['release', 'greeter']);
    expect(body.requested_reviewers.map((user: { login: string }) => user.login)).toEqual(['ada']);
  });

  it('adopts the one that is open for that head, also in another process', async () => {
    const head = await newBranch();
    const first = await (await world.open('acme/gitops')).openPullRequest(request(head));
    const second = await (await world.open('acme/gitops')).openPullRequest(
      request(head, { title: 'Another title', labels: ['late'] }),
    );

    expect(second.pullRequest).toEqual(first.pullRequest);
    const { body } = await world.api(`/repos/acme/gitops/pulls/${first.pullRequest.number}`);
    expect(body.labels).toMatchObject([{ name: 'late' }]);
  });

  it('warns about reviewers that it cannot ask, and keeps the pull request and its labels', async () => {
    const forge = await world.open('acme/gitops');
    const { pullRequest, warnings } = await forge.openPullRequest(
      request(await newBranch(), { labels: ['kept'], reviewers: ['nobody', 'acme/team'] }),
    );

    expect(pullRequest.state).toBe('open');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/nobody, acme\/team.*not a collaborator/);
    expect((await world.api(`/repos/acme/gitops/issues/${pullRequest.number}/labels`)).body).toMatchObject([
      { name: 'kept' },
    ]);
  });

  it('does not hide a rate limit or an outage while adding labels', async () => {
    const forge = await world.open('acme/gitops');
    const head = await newBranch();
    world.fault = ({ path }) =>
      path.endsWith('/labels') ? { kind: 'secondaryLimit', retryAfterSeconds: 7 } : undefined;
    expect((await failureOf(forge.openPullRequest(request(head, { labels: ['x'] })))).type).toBe('RateLimited');
    world.fault = ({ path }) =>
      path.endsWith('/labels') ? { kind: 'answer', status: 502, message: 'Bad gateway' } : undefined;
    expect((await failureOf(forge.openPullRequest(request(head, { labels: ['x'] })))).type).toBe('Unavailable');
    world.fault = undefined;
    expect((await forge.openPullRequest(request(head, { labels: ['x'] }))).warnings).toEqual([]);
  });

  it('says which branch is missing', async () => {
    const forge = await world.open('acme/gitops');
    const noBase = await failureOf(forge.openPullRequest(request(await newBranch(), { base: 'production' })));
    const noHead = await failureOf(forge.openPullRequest(request('release/never-pushed')));

    expect(noBase).toMatchObject({
      type: 'SourceNotFound',
      message: expect.stringMatching(/to production.*base branch does not exist/),
    });
    expect(noHead).toMatchObject({
      type: 'SourceNotFound',
      message: expect.stringMatching(/release\/never-pushed.*does not exist any more/),
    });
  });

  it('is refused when there is nothing to merge', async () => {
    const forge = await world.open('acme/gitops');
    await world.commit('acme/gitops', 'same', 'x', 'x', 'main');
    await world.commit('acme/gitops', 'same-base', 'x', 'x', 'same');

    const failure = await failureOf(forge.openPullRequest(request('same', { base: 'same-base' })));

    expect(failure).toMatchObject({
      type: 'PolicyRejected',
      message: expect.stringContaining('No commits between same-base and same'),
    });
  });

  it('is refused where pull requests are turned off', async () => {
    const failure = await failureOf(
      (await world.open('acme/closed')).openPullRequest(request(await newBranch('acme/closed'))),
    );

    expect(failure).toMatchObject({
      type: 'PolicyRejected',
      message: expect.stringContaining('Turn on pull requests'),
    });
  });
});

describe('whose pull request it is', () => {
  it('is not ours when a person opened it or it comes from a fork', async () => {
    const head = await newBranch();
    await world.commit('ada/gitops', head, 'fork.yaml', 'fork: true\n', 'main');
    const fromFork = await world.api('/repos/acme/gitops/pulls', {
      method: 'POST',
      token: tokens.slipway,
      body: { title: 'From a fork', head: `ada:${head}`, base: 'main' },
    });
    const byPerson = await (await world.open('acme/gitops', tokens.ada)).openPullRequest(request(head));
    const forge = await world.open('acme/gitops');

    expect(fromFork.status).toBe(201);
    expect(await forge.pullRequests({ head })).toEqual([{ ...byPerson.pullRequest, ours: false }]);
    const open = await forge.pullRequests({ openAgainst: 'main' });
    expect(open.filter((pull) => pull.head.branch === head).map((pull) => pull.ours)).toEqual([false, false]);
  });

  it('is filtered here too when a server ignores the filters', async () => {
    const head = await newBranch();
    const { pullRequest } = await (await world.open('acme/gitops')).openPullRequest(request(head));
    const ignoring: typeof fetch = (input, init) => {
      const url = new URL(String(input));
      for (const filter of ['head', 'base']) url.searchParams.delete(filter);
      if (url.searchParams.has('state')) url.searchParams.set('state', 'all');
      return fetch(url, init);
    };
    const open = createOpenForge({
      findCredential: async () => ({ kind: 'token', token: tokens.slipway }),
      httpHosts: [new URL(world.forge().url).host],
      fetch: ignoring,
    });
    const forge = await open(
      `${world.forge().url}/acme/gitops`,
      'gitops-token',
      'default',
      new AbortController().signal,
    );
    await forge.closePullRequest(pullRequest.number, 'Closed by us');

    expect((await forge.pullRequests({ head })).map((pull) => pull.number)).toEqual([pullRequest.number]);
    expect((await forge.pullRequests({ openAgainst: 'main' })).some((pull) => pull.number === pullRequest.number)).toBe(
      false,
    );
  });

  it('is ours by an app that may not ask who it is, but not when a user opened it', async () => {
    const byApp = await newBranch();
    const byUser = await newBranch();
    await (await world.open('acme/gitops', tokens.app)).openPullRequest(request(byApp));
    await (await world.open('acme/gitops', tokens.slipway)).openPullRequest(request(byUser));
    const fresh = await world.open('acme/gitops', tokens.app);

    expect((await fresh.pullRequests({ head: byApp })).map((pull) => pull.ours)).toEqual([true]);
    expect((await fresh.pullRequests({ head: byUser })).map((pull) => pull.ours)).toEqual([false]);
  });

  it('is asked for once for each token', async () => {
    const asked: string[] = [];
    world.fault = ({ path, login }) => {
      if (path === '/user') asked.push(login ?? '');
      return undefined;
    };
    const open = createOpenForge({
      findCredential: async (_key, _url, namespace) => ({
        kind: 'token',
        token: namespace === 'a' ? tokens.slipway : tokens.ada,
      }),
      httpHosts: [new URL(world.forge().url).host],
    });
    const head = await newBranch();
    await (await world.open('acme/gitops')).openPullRequest(request(head));
    for (const namespace of ['a', 'a', 'b', 'b']) {
      const forge = await open(
        `${world.forge().url}/acme/gitops`,
        'gitops-token',
        namespace,
        new AbortController().signal,
      );
      await forge.pullRequests({ head });
    }

    expect(asked).toEqual(['slipway-robot', 'ada']);
  });
});

describe('the life of a pull request', () => {
  it('is found in every state, newest first', async () => {
    const forge = await world.open('acme/gitops');
    const head = await newBranch();
    const first = (await forge.openPullRequest(request(head))).pullRequest;
    await forge.comment(first.number, 'Replaced by a newer one.');
    await forge.closePullRequest(first.number, 'Closed by us');
    await forge.closePullRequest(first.number, 'Closed by us');
    const second = (await forge.openPullRequest(request(head))).pullRequest;
    await world.api(`/repos/acme/gitops/pulls/${second.number}/merge`, { method: 'PUT', token: tokens.ada });

    const found = await forge.pullRequests({ head });

    expect(found.map(({ number, state, ours }) => ({ number, state, ours }))).toEqual([
      { number: second.number, state: 'merged', ours: true },
      { number: first.number, state: 'closed', ours: true },
    ]);
    expect(found.map((pull) => pull.body)).toEqual(['A body', 'Closed by us']);
    expect((await world.api(`/repos/acme/gitops/issues/${first.number}/comments`)).body).toMatchObject([
      { body: 'Replaced by a newer one.', user: { login: 'slipway-robot' } },
    ]);
  });

  it('lists more open ones than one page holds', async () => {
    const base = 'many';
    await world.commit('acme/gitops', base, 'many.yaml', 'many: 0\n', 'main');
    for (let number = 0; number < 103; number += 1) {
      await world.commit('acme/gitops', `many-${number}`, 'many.yaml', `many: ${number + 1}\n`, base);
      await world.api('/repos/acme/gitops/pulls', {
        method: 'POST',
        token: tokens.ada,
        body: { title: `${number}`, head: `many-${number}`, base },
      });
    }

    const open = await (await world.open('acme/gitops')).pullRequests({ openAgainst: base });

    expect(open.map((pull) => pull.title)).toEqual(Array.from({ length: 103 }, (_, index) => `${102 - index}`));
  });
});

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
    const failure = await failureOf(forge.openPullRequest(request(await newBranch())));

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
      httpHosts: [new URL(url).host],
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
      'ca.crt',
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
