import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBaseBranch } from '../../../src/doctor/base-branch.ts';
import { type Finding, runChecks } from '../../../src/doctor/check.ts';
import { checkCommitStatus } from '../../../src/doctor/commit-status.ts';
import { checkGitopsToken } from '../../../src/doctor/gitops-token.ts';
import { checkPullRequests } from '../../../src/doctor/pull-requests.ts';
import { askWithToken } from '../../../src/doctor/with-token.ts';
import { createOpenForge } from '../../../src/forges/open-forge.ts';
import { parseRepositoryUrl } from '../../../src/forges/repository-url.ts';
import { type Gitea, startGitea } from '../../support/gitea.ts';
import { accessTo } from '../forges/releases.ts';

let gitea: Gitea;
beforeAll(async () => {
  gitea = await startGitea();
  await gitea.createRepository('acme/gitops');
  await gitea.createUser('robot');
  await gitea.api('PUT', '/repos/acme/gitops/collaborators/robot', { permission: 'write' });
});
afterAll(() => gitea?.stop());

/** What the doctor finds about a token of these scopes. */
async function findings(scopes: readonly string[]): Promise<Readonly<Record<string, Finding>>> {
  const token = await gitea.createToken('robot', scopes);
  const access = accessTo(gitea.url, 'gitea');
  const findCredential = async () => ({ kind: 'token', token }) as const;
  const url = `${gitea.url}/acme/gitops`;
  const ask = askWithToken(
    { findCredential, namespace: 'default', parseUrl: (text) => parseRepositoryUrl(text, access) },
    url,
    'gitops-token',
  );
  const openForge = createOpenForge({ findCredential, ...access });
  const pull = { title: 'slipway doctor', head: 'main', base: 'main' };
  const status = { state: 'success', context: 'slipway doctor' };
  const checks = [
    checkGitopsToken((signal) => ask({ method: 'GET', path: '' }, signal)),
    checkBaseBranch('main', (signal) => ask({ method: 'GET', path: '/branches/main' }, signal)),
    checkPullRequests(
      (signal) => ask({ method: 'POST', path: '/pulls', body: pull }, signal),
      async (signal) => (await openForge(url, 'gitops-token', 'default', signal)).pullRequests({ openAgainst: 'main' }),
    ),
    checkCommitStatus((signal) => ask({ method: 'POST', path: `/statuses/${'0'.repeat(40)}`, body: status }, signal)),
  ];
  const found: Record<string, Finding> = {};
  for await (const finding of runChecks(checks, 20_000)) found[finding.check] = finding;
  return found;
}

describe('the checks at Gitea', () => {
  it('are content with a token of the scopes that a run needs', async () => {
    expect(await findings(['write:repository', 'write:issue', 'read:user'])).toMatchObject({
      'gitops-token': { state: 'ok' },
      'base branch': { state: 'warn', text: expect.stringContaining('not protected') },
      'pull requests': { state: 'ok' },
      'commit status': { state: 'ok' },
    });
  });

  it('say which scopes a token lacks', async () => {
    const fix = expect.stringContaining('write:repository, write:issue and read:user');
    expect(await findings(['read:repository'])).toMatchObject({
      'pull requests': { state: 'fail', fix },
      'commit status': { state: 'warn' },
    });
    expect(await findings(['write:repository'])).toMatchObject({
      'pull requests': { state: 'fail', text: expect.stringContaining('read:user') },
    });
    expect(await findings(['write:issue'])).toMatchObject({ 'gitops-token': { state: 'fail', fix } });
  });
});
