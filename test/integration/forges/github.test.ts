import { repositoryFolder } from '../../../src/embedded/forge/repositories.ts';
import { commitFiles } from '../../support/commit-files.ts';
import { describeForge, type ForgeUnderTest } from './contract.ts';
import { type Json, startWorld, tokens } from './world.ts';

describeForge('GitHub', startGithub);

/** The embedded server as the contract wants it. */
async function startGithub(): Promise<ForgeUnderTest> {
  const world = await startWorld();
  const tokenOf = {
    robot: tokens.slipway,
    ada: tokens.ada,
    reader: tokens.reader,
    blind: tokens.blind,
    nobody: 'tok-wrong-value',
  };
  const repo = '/repos/acme/gitops';
  const get = async (path: string) => (await world.api(`${repo}${path}`)).body;
  return {
    host: new URL(world.forge().url).host,
    pageSize: 100,
    tokens: tokenOf,
    open: (repository, who = 'robot', key = 'gitops-token') => world.open(repository, tokenOf[who], key),
    commit: (repository, branch, files) => commitFiles(repositoryFolder(world.folder, repository), files, { branch }),
    async openFromFork(head) {
      const body = { title: 'From a fork', head: `ada:${head}`, base: 'main' };
      await world.api(`${repo}/pulls`, { method: 'POST', token: tokens.slipway, body });
    },
    async merge(number) {
      await world.api(`${repo}/pulls/${number}/merge`, { method: 'PUT', token: tokens.ada });
    },
    deleteBranch: (branch) => world.deleteBranch('acme/gitops', branch),
    labels: async (number) => (await get(`/issues/${number}/labels`)).map(({ name }: Json) => name),
    reviewers: async (number) => (await get(`/pulls/${number}`)).requested_reviewers.map(({ login }: Json) => login),
    comments: async (number) =>
      (await get(`/issues/${number}/comments`)).map(({ body, user }: Json) => ({ body, author: user.login })),
    statuses: async (commit) =>
      (await get(`/commits/${commit}/status`)).statuses.map(
        ({ state, context, description, target_url: url }: Json) => ({ state, context, description, url: url ?? null }),
      ),
    stop: () => world.stop(),
  };
}
