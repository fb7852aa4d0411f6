import { afterEach, describe, expect, it } from 'vitest';
import { checkBaseBranch } from '../../../src/doctor/base-branch.ts';
import { type Finding, runChecks } from '../../../src/doctor/check.ts';
import { checkCommitStatus } from '../../../src/doctor/commit-status.ts';
import { forgeQuestions } from '../../../src/doctor/forge-questions.ts';
import { checkGitopsToken } from '../../../src/doctor/gitops-token.ts';
import { checkPullRequests } from '../../../src/doctor/pull-requests.ts';
import { askWithToken } from '../../../src/doctor/with-token.ts';
import { parseRepositoryUrl } from '../../../src/forges/repository-url.ts';
import { bitbucketApi } from '../../support/forges/bitbucket-api.ts';
import { type EmulatedForge, startEmulatedForge } from '../../support/forges/emulated-forge.ts';
import { gitlabApi } from '../../support/forges/gitlab-api.ts';
import { openEmulated, tokenOf } from '../../support/forges/open-emulated.ts';
import { accessTo } from '../forges/releases.ts';

let forge: EmulatedForge | undefined;
afterEach(() => forge?.stop());

/** What the doctor finds about a token at an emulated forge. */
async function findings(kind: 'gitlab' | 'bitbucket', token: string): Promise<Readonly<Record<string, Finding>>> {
  const emulated = await startEmulatedForge(kind === 'gitlab' ? gitlabApi : bitbucketApi);
  forge = emulated;
  const access = accessTo(emulated.url, kind);
  const findCredential = async () => ({ kind: 'token', token }) as const;
  const tools = { findCredential, namespace: 'default', parseUrl: (text: string) => parseRepositoryUrl(text, access) };
  const ask = askWithToken(tools, `${emulated.url}/acme/gitops`, 'gitops-token');
  const { branch, opening, status } = forgeQuestions[kind];
  const checks = [
    checkGitopsToken((signal) => ask({ method: 'GET', path: '' }, signal)),
    checkBaseBranch('main', (signal) => ask({ method: 'GET', path: branch('main') }, signal)),
    checkPullRequests(
      (signal) => ask({ method: 'POST', path: opening.path, body: opening.body('main') }, signal),
      async (signal) => (await openEmulated(emulated, kind, { token, signal })).pullRequests({ openAgainst: 'main' }),
    ),
    checkCommitStatus((signal) => ask({ method: 'POST', path: status.path, body: status.body }, signal)),
  ];
  const found: Record<string, Finding> = {};
  for await (const finding of runChecks(checks, 20_000)) found[finding.check] = finding;
  return found;
}

describe.each(['gitlab', 'bitbucket'] as const)('the checks at %s, emulated', (kind) => {
  it('are content with a token that may do what a run does', async () => {
    expect(await findings(kind, tokenOf('slipway-robot'))).toMatchObject({
      'gitops-token': { state: 'ok' },
      'base branch': { state: 'ok' },
      'pull requests': { state: 'ok' },
      'commit status': { state: 'ok' },
    });
    expect(forge?.pulls).toEqual([]);
  });

  it('say which right a token lacks, and which one is none', async () => {
    const fix = expect.stringContaining(kind === 'gitlab' ? 'scope api' : 'pullrequest:write');
    expect(await findings(kind, tokenOf('reader'))).toMatchObject({
      'pull requests': { state: 'fail', fix },
      'commit status': { state: 'warn' },
    });
    await forge?.stop();
    expect(await findings(kind, 'tok-of-nobody')).toMatchObject({ 'gitops-token': { state: 'fail', fix } });
  });
});
