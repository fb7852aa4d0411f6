import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commitSampleChange, type SeedOptions, seedRepositories } from '../../src/embedded/samples/repositories.ts';
import { sampleRun } from '../../src/embedded/samples/run.ts';
import type { RunResult } from '../../src/runs/status.ts';
import { explainFailure } from '../../src/temporal/explain-failure.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import { commitFiles } from '../support/commit-files.ts';
import { type Gitea, type GiteaAnswer, startGitea } from '../support/gitea.ts';
import { git } from '../support/gitops.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const run = promisify(execFile);
const flow = 'namespaces/default/platform/component-workflows/docker-gitops-release.yaml';
let test: TestWorld;
let gitea: Gitea;
let samples: SeedOptions;

// The source and the GitOps repository are private at a real Gitea; Temporal and the registry are the embedded world's.
beforeAll(async () => {
  [test, gitea] = await Promise.all([startTestWorld(), startGitea()]);
  const { settings } = test.world;
  const registry = settings['SLIPWAY_REGISTRY_HTTP_HOSTS'] ?? '';
  const folder = join(test.folder, 'samples');
  samples = { git: 'git', folder, environment: process.env, addresses: { forgeUrl: gitea.url, registry } };
  await seedRepositories(samples);
  const gitops = join(folder, 'acme/gitops.git');
  const extras = `          - name: slipway-labels
            value: release,greeter
          - name: slipway-reviewers
            value: ada
`;
  await commitFiles(gitops, { [flow]: `${(await git(gitops, 'show', `main:${flow}`)).trimEnd()}\n${extras}` });

  const robot = await gitea.createUser('slipway-robot', ['write:repository', 'write:issue', 'read:user']);
  await gitea.createUser('ada');
  for (const name of ['greeter', 'gitops']) {
    await gitea.createRepository(`acme/${name}`, { private: true, auto_init: false });
    for (const login of ['slipway-robot', 'ada'])
      await gitea.api('PUT', `/repos/acme/${name}/collaborators/${login}`, { permission: 'write' });
    await push(name);
  }
  for (const key of ['git-token', 'gitops-token']) {
    await writeFile(join(test.folder, 'secrets', `${key}.${gitea.host.replace(':', '_')}`), robot);
  }
  await test.startWorker({
    SLIPWAY_CATALOG: `gitops:${gitea.url}/acme/gitops#main`,
    SLIPWAY_FORGES: `${gitea.host}=gitea`,
    SLIPWAY_HTTP_HOSTS: gitea.host,
  });
});
afterAll(() => Promise.all([test?.stop(), gitea?.stop()]));

async function push(name: string): Promise<void> {
  const remote = `${gitea.url.replace('//', `//x:${gitea.adminToken}@`)}/acme/${name}.git`;
  await run('git', ['--git-dir', join(samples.folder, `acme/${name}.git`), 'push', '--quiet', remote, 'main']);
}

async function change(text: string): Promise<string> {
  const commit = await commitSampleChange(samples, text);
  await push('greeter');
  return commit;
}

async function release(name: string, commit: string): Promise<RunResult> {
  const content = sampleRun(name, commit, `${gitea.url}/acme/greeter`);
  const request = { namespace: 'default', name, run: content, trigger: 'manual' } as const;
  return (await startRun(test.client, request)).handle.result();
}

const gitopsApi = (path: string): Promise<GiteaAnswer> => gitea.api('GET', `/repos/acme/gitops${path}`);
const branches = async (): Promise<string[]> =>
  (await gitopsApi('/branches')).body.map(({ name }: { name: string }) => name);

it('a commit becomes a pull request with labels and reviewers, and a status', async () => {
  const commit = await change('first');
  const result = await release('first', commit);

  const warnings = [expect.stringContaining('a release of dialect v0.16 does not hold spec.endpoints')];
  expect(result).toMatchObject({ outcome: 'released', commit, warnings, pullRequest: { number: 1 } });
  expect((await gitopsApi('/pulls/1')).body).toMatchObject({
    html_url: result.pullRequest?.url,
    state: 'open',
    user: { login: 'slipway-robot' },
    requested_reviewers: [{ login: 'ada' }],
    base: { ref: 'main' },
    head: { ref: result.branch },
    changed_files: 3,
  });
  const { body: labels } = await gitopsApi('/issues/1/labels');
  expect(labels.map(({ name }: { name: string }) => name).toSorted()).toEqual(['greeter', 'release']);
  const { body } = await gitea.api('GET', `/repos/acme/greeter/commits/${commit}/status`);
  expect(body.statuses).toMatchObject([
    { status: 'success', context: 'slipway/greeter', target_url: result.pullRequest?.url },
  ]);
});

it('the same commit adopts the pull request that is open', async () => {
  const commit = await git(join(samples.folder, 'acme/greeter.git'), 'rev-parse', 'main');

  expect(await release('again', commit)).toMatchObject({ outcome: 'unchanged', pullRequest: { number: 1 } });
});

it('a newer commit closes the older pull request and its branch', async () => {
  const result = await release('second', await change('second'));

  expect(result).toMatchObject({ outcome: 'released', pullRequest: { number: 2 } });
  expect((await gitopsApi('/pulls/1')).body).toMatchObject({
    state: 'closed',
    merged: false,
    body: expect.stringContaining('Superseded by #2'),
  });
  expect((await gitopsApi('/issues/1/comments')).body).toMatchObject([{ body: 'Superseded by #2.' }]);
  expect((await branches()).toSorted()).toEqual(['main', result.branch].toSorted());
});

it('what is merged stays: its commit is unchanged, the next one is a pull request of its own', async () => {
  await gitea.merge('acme/gitops', 2);
  const commit = await git(join(samples.folder, 'acme/greeter.git'), 'rev-parse', 'main');

  expect(await release('merged', commit)).toMatchObject({ outcome: 'unchanged', pullRequest: null });
  expect(await release('third', await change('third'))).toMatchObject({
    outcome: 'released',
    pullRequest: { number: 3 },
  });
  expect((await gitopsApi('/pulls/2')).body).toMatchObject({ state: 'closed', merged: true });
});

it('a protected branch refuses the push, with Gitea’s own words', async () => {
  const rule = { rule_name: 'release/**', enable_push: false };
  await gitea.api('POST', '/repos/acme/gitops/branch_protections', rule);

  const failure = await release('protected', await change('fourth')).then(String, explainFailure);

  expect(failure).toMatchObject({
    type: 'PolicyRejected',
    message: expect.stringContaining('Not allowed to push to protected branch release/'),
  });
});

it('no token is told to the log', async () => {
  const log = await readFile(join(test.folder, 'worker-0.log'), 'utf8');
  const secrets = await readFile(join(test.folder, 'secrets', `gitops-token.${gitea.host.replace(':', '_')}`), 'utf8');

  expect(log).not.toContain(secrets);
});
