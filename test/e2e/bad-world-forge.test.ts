import { chmod, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FindFault, ForgeFault } from '../../src/embedded/forge/api/faults.ts';
import { type RunStatus, waitingText } from '../../src/runs/status.ts';
import { watchRun } from '../../src/temporal/watch-run.ts';
import { git } from '../support/gitops.ts';
import { addVariants } from '../support/platform-variants.ts';
import { type RunChanges, refused, startChanged } from '../support/refused-run.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

let test: TestWorld;
let repositories: string;
let findFault: FindFault = () => undefined;
let connections = 0;
const tokens = { 'git-token': 'tok-git-1', 'gitops-token': 'tok-gitops-2', 'status-token': 'tok-status-3' };
const outsider = createServer((_request, response) => response.writeHead(404).end());
const moved = createServer((request, response) => {
  response.writeHead(301, { location: `${test.world.forgeUrl}${request.url?.replace('/old/', '/acme/')}` }).end();
});
const workflow = (name: string): RunChanges => ({ 'spec.workflow.name': name });
const source = (url: string): RunChanges => ({ 'spec.workflow.systemParameters.repository.url': url });

beforeAll(async () => {
  test = await startTestWorld({
    tokens,
    forge: {
      findFault: (request) => findFault(request),
      users: [
        { login: 'reader', token: 'tok-reader', may: 'read' },
        { login: 'classic', token: 'tok-classic', scopes: ['gist'] },
      ],
      repositories: [
        { name: 'acme/hidden', private: true },
        { name: 'acme/closed', pullRequests: false },
        { name: 'acme/ruled' },
      ],
    },
  });
  repositories = join(test.folder, 'forge/repositories/acme');
  outsider.on('connection', () => connections++);
  const [outsiderHost, movedHost] = await Promise.all([listen(outsider), listen(moved)]);
  const gitops = join(repositories, 'gitops.git');
  const into = (name: string) => ({ 'gitops-repo-url': `${test.world.forgeUrl}/acme/${name}` });
  await addVariants(gitops, {
    workflows: {
      'without-pull-requests': into('closed'),
      ruled: into('ruled'),
      'without-base': { 'gitops-branch': 'release-trunk' },
      elsewhere: { 'gitops-repo-url': `http://${outsiderHost}/acme/gitops` },
    },
  });
  for (const name of ['closed', 'ruled'])
    await git(join(repositories, `${name}.git`), 'fetch', '--quiet', gitops, 'main:main');
  await git(join(repositories, 'hidden.git'), 'fetch', '--quiet', join(repositories, 'greeter.git'), 'main:main');
  await refuseReleaseBranches(join(repositories, 'ruled.git/hooks/pre-receive'));
  const { SLIPWAY_HTTP_HOSTS: hosts } = test.world.settings;
  await test.startWorker({ SLIPWAY_HTTP_HOSTS: [hosts, outsiderHost, movedHost].join(',') });
});
afterAll(async () => {
  for (const server of [outsider, moved]) server.close();
  await test?.stop();
});
beforeEach(() => {
  findFault = () => undefined;
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function refuseReleaseBranches(hook: string): Promise<void> {
  const rule = 'error: GH013: Repository rule violations found for refs/heads/release.';
  await writeFile(hook, `#!/bin/sh\necho "${rule}" >&2\nexit 1\n`);
  await chmod(hook, 0o755);
}

/** Replaces a secret, or removes it, while the work goes on. */
async function withSecret<T>(key: keyof typeof tokens, value: string | null, work: () => Promise<T>): Promise<T> {
  const file = join(test.folder, 'secrets', key);
  await (value === null ? rm(file) : writeFile(file, value));
  try {
    return await work();
  } finally {
    await writeFile(file, tokens[key]);
  }
}

/** Lets one request to the API after the other go wrong, in this order. */
function failNext(method: string, path: RegExp, ...faults: readonly ForgeFault[]): void {
  const left = [...faults];
  findFault = (request) => (request.method === method && path.test(request.path) ? left.shift() : undefined);
}

async function expectRefusal(
  changes: RunChanges,
  type: string,
  step: string | RegExp,
  left: readonly RegExp[],
  ...texts: (string | RegExp)[]
) {
  const refusal = await refused(test, changes);
  expect(refusal).toMatchObject({ type, step: expect.stringMatching(step) });
  expect(refusal.left.filter((thing) => !left.some((expected) => expected.test(thing)))).toEqual([]);
  for (const text of texts) expect(refusal.message).toMatch(text);
  for (const token of Object.values(tokens)) expect(refusal.message).not.toContain(token);
}

/** What may be there when a run failed after its build. */
const built = [/^build /, /^tag /];

describe('a source', () => {
  it('that nobody may read without a token is refused with what the token needs', async () => {
    const hidden = source(`${test.world.forgeUrl}/acme/hidden`);
    await withSecret('git-token', null, () =>
      expectRefusal(hidden, 'AccessDenied', 'cloneSource', [], 'Set git-token for forge.test', 'read the contents'),
    );
  });

  it('is refused for a token that was revoked or has expired', async () => {
    const hidden = source(`${test.world.forgeUrl}/acme/hidden`);
    await withSecret('git-token', 'tok-revoked', () =>
      expectRefusal(
        hidden,
        'AccessDenied',
        'cloneSource',
        [],
        'refused the git-token for acme/hidden on forge.test: renew it',
      ),
    );
  });

  it('is not found with a token without the scope', async () => {
    const hidden = source(`${test.world.forgeUrl}/acme/hidden`);
    await withSecret('git-token', 'tok-classic', () =>
      expectRefusal(hidden, 'SourceNotFound', 'cloneSource', [], 'does not exist or is hidden from the git-token'),
    );
  });

  it('that does not exist is not found', async () => {
    await expectRefusal(
      source(`${test.world.forgeUrl}/acme/gretter`),
      'SourceNotFound',
      'cloneSource',
      [],
      'acme/gretter on forge.test does not exist',
      'systemParameters.repository',
    );
  });

  it('that has moved is not followed', async () => {
    const old = `http://127.0.0.1:${(moved.address() as AddressInfo).port}/old/greeter`;
    await expectRefusal(
      source(old),
      'SourceNotFound',
      'cloneSource',
      [],
      'has moved, and redirects are not followed; write its new URL',
    );
  });
});

describe('the GitOps repository', () => {
  // The catalog asks it, unless it was asked a moment ago.
  const first = /^(?:resolveRun|checkRelease)$/;

  it('needs a token', async () => {
    await withSecret('gitops-token', null, () =>
      expectRefusal(
        {},
        'SecretMissing',
        first,
        [],
        'no gitops-token for forge.test; looked for it at <folder>/secrets/default/gitops-token',
      ),
    );
  });

  it('refuses a token that was revoked or has expired, before the build', async () => {
    await withSecret('gitops-token', 'tok-revoked', () =>
      expectRefusal({}, 'AccessDenied', first, [], 'refused the gitops-token for acme/gitops on forge.test'),
    );
  });

  it('refuses a token that may only read, before the build', async () => {
    await withSecret('gitops-token', 'tok-reader', () =>
      expectRefusal({}, 'AccessDenied', 'checkRelease', [], 'refused the gitops-token', 'read and write the contents'),
    );
  });

  it('on a host that no credential is bound to is not asked at all', async () => {
    connections = 0;
    await expectRefusal(
      workflow('elsewhere'),
      'NotAllowed',
      'checkRelease',
      [],
      'the gitops-token must not be sent to 127.0.0.1:',
    );
    expect(connections).toBe(0);
  });

  it('without the base branch is refused before the build', async () => {
    await expectRefusal(workflow('without-base'), 'SourceNotFound', 'checkRelease', [], 'has no branch release-trunk');
  });

  it('in which pull requests are turned off is refused before the build', async () => {
    await expectRefusal(workflow('without-pull-requests'), 'PolicyRejected', 'checkRelease', [], 'turned off');
  });

  it('whose rules forbid release branches says the rule, and nothing is pushed', async () => {
    await expectRefusal(
      workflow('ruled'),
      'PolicyRejected',
      'commitAndPush',
      built,
      'a rule of acme/ruled on forge.test refused the push',
      'GH013',
      'Exempt the account',
    );
  });
});

describe('a pull request', () => {
  it('that the token may not open leaves no branch behind', async () => {
    let calls = 0;
    findFault = ({ method, path }) => {
      if (method !== 'POST' || !path.endsWith('/pulls')) return undefined;
      calls++;
      return { kind: 'answer', status: 403, message: 'Resource not accessible by personal access token' };
    };
    await expectRefusal(
      {},
      'AccessDenied',
      'createPullRequest',
      built,
      'the token of gitops-token may not do that',
      'Pull requests: read and write',
    );
    expect(calls).toBe(3);
  });

  it('that is refused leaves no branch behind', async () => {
    failNext('POST', /\/pulls$/, {
      kind: 'answer',
      status: 422,
      message: 'Validation Failed: too many open pull requests',
    });
    await expectRefusal({}, 'PolicyRejected', 'createPullRequest', built, 'too many open pull requests');
  });

  it('waits for rate limits as long as the server says, tells so, and goes on', async () => {
    failNext(
      'POST',
      /\/pulls$/,
      { kind: 'primaryLimit', resetsInSeconds: 10 },
      { kind: 'secondaryLimit', retryAfterSeconds: 10 },
    );
    const run = await startChanged(test, {});
    const waits = new Map<number, NonNullable<RunStatus['waiting']>>();
    for await (const { status } of watchRun(run, { pollMs: 100 })) {
      if (status.waiting?.until) waits.set(status.waiting.until, status.waiting);
    }
    expect(await run.result()).toMatchObject({ outcome: 'released' });
    expect([...waits.values()].map(({ step }) => step)).toEqual(['createPullRequest', 'createPullRequest']);
    const [first] = waits.values();
    expect(first && waitingText(first)).toMatch(
      /limits how often the token of gitops-token may call.*; waiting until 2\d{3}-/,
    );
  });

  it('outlives a forge that is away for a while', async () => {
    failNext('POST', /\/pulls$/, { kind: 'answer', status: 503, message: 'maintenance' }, { kind: 'hangUp' });
    const run = await startChanged(test, { 'metadata.annotations': { 'slipway.dev/no-cache': 'true' } });
    expect((await run.result()).outcome).toMatch(/released|unchanged/);
  });
});
