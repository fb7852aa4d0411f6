import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createOpenForge } from '../../../src/forges/open-forge.ts';
import { commitFiles } from '../../support/commit-files.ts';
import { type Gitea, startGitea } from '../../support/gitea.ts';
import type { ForgeUnderTest } from './contract.ts';
import { accessTo } from './releases.ts';

const run = promisify(execFile);

/** A real Gitea as the contract wants it. */
export async function startGiteaWorld(): Promise<ForgeUnderTest & { readonly gitea: Gitea }> {
  const gitea = await startGitea();
  const clones = await mkdtemp(join(tmpdir(), 'slipway-clones-'));
  const [robot, ada, blind] = [
    await gitea.createUser('slipway-robot', ['write:repository', 'write:issue', 'read:user']),
    await gitea.createUser('ada'),
    await gitea.createUser('blind'),
  ];
  const reader = await gitea.createToken('slipway-robot', ['read:repository', 'read:user']);
  const tokens = { robot, ada, blind, reader, nobody: 'ab'.repeat(20) };
  await gitea.createRepository('acme/gitops');
  await gitea.createRepository('acme/secret', { private: true });
  await gitea.createRepository('acme/closed');
  await gitea.api('PATCH', '/repos/acme/closed', { has_pull_requests: false });
  for (const name of ['gitops', 'secret', 'closed']) {
    for (const login of ['slipway-robot', 'ada'])
      await gitea.api('PUT', `/repos/acme/${name}/collaborators/${login}`, { permission: 'write' });
  }
  await gitea.api('POST', '/repos/acme/gitops/forks', {}, ada);
  await gitea.api('PUT', '/repos/ada/gitops/collaborators/slipway-robot', { permission: 'write' }, ada);

  const folders = new Map<string, Promise<string>>();
  const remote = (repository: string) => `${gitea.url.replace('//', `//x:${gitea.adminToken}@`)}/${repository}.git`;
  async function clone(repository: string): Promise<string> {
    const folder = join(clones, repository.replace('/', '-'));
    await run('git', ['clone', '--quiet', '--bare', remote(repository), folder]);
    return folder;
  }
  const repo = '/repos/acme/gitops';

  return {
    gitea,
    host: gitea.host,
    pageSize: 10,
    tokens,
    open(repository, who = 'robot', key = 'gitops-token') {
      const findCredential = async () => ({ kind: 'token', token: tokens[who] }) as const;
      const open = createOpenForge({ findCredential, ...accessTo(gitea.url, 'gitea') });
      return open(`${gitea.url}/${repository}.git`, key, 'default', new AbortController().signal);
    },
    async commit(repository, branch, files) {
      const folder = await (folders.get(repository) ?? folders.set(repository, clone(repository)).get(repository));
      if (folder === undefined) throw new Error('unreachable');
      const commit = await commitFiles(folder, files, { branch });
      await run('git', ['--git-dir', folder, 'push', '--quiet', remote(repository), branch]);
      return commit;
    },
    async openFromFork(head) {
      await gitea.api('POST', `${repo}/pulls`, { title: head, head: `ada:${head}`, base: 'main' }, robot);
    },
    merge: (number) => gitea.merge('acme/gitops', number),
    async deleteBranch(branch) {
      await gitea.api('DELETE', `${repo}/branches/${branch}`);
    },
    labels: async (number) =>
      (await gitea.api('GET', `${repo}/issues/${number}/labels`)).body.map(({ name }: { name: string }) => name),
    reviewers: async (number) =>
      (await gitea.api('GET', `${repo}/pulls/${number}`)).body.requested_reviewers.map(
        ({ login }: { login: string }) => login,
      ),
    comments: async (number) =>
      (await gitea.api('GET', `${repo}/issues/${number}/comments`)).body.map(
        ({ body, user }: { body: string; user: { login: string } }) => ({ body, author: user.login }),
      ),
    statuses: async (commit) =>
      (await gitea.api('GET', `${repo}/commits/${commit}/status`)).body.statuses.map(
        (status: { status: string; context: string; description: string; target_url: string }) => ({
          state: status.status,
          context: status.context,
          description: status.description,
          url: status.target_url || null,
        }),
      ),
    async stop() {
      await gitea.stop();
      await rm(clones, { recursive: true, force: true });
    },
  };
}
