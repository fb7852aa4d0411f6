import { afterAll, beforeAll, expect, it } from 'vitest';
import { git as runGit } from '../../../src/embedded/forge/git.ts';
import { repositoryFolder } from '../../../src/embedded/forge/repositories.ts';
import { startWorld, type TestWorld } from './world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const author = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
};

/** Git in the repository on the server, with its output trimmed. */
async function git(input: string, ...args: string[]): Promise<string> {
  const folder = repositoryFolder(world.folder, 'acme/gitops');
  return (await runGit(folder, args, { input, environment: author })).trim();
}

it('names both paths of a renamed file', async () => {
  const forge = await world.open('acme/gitops');
  const before = await world.commit('acme/gitops', 'renaming', 'old.yaml', 'a: 1\nb: 2\nc: 3\n', 'main');
  const tree = await git((await git('', 'ls-tree', before)).replace('old.yaml', 'new.yaml'), 'mktree');
  const after = await git('', 'commit-tree', tree, '-p', before, '-m', 'Rename');

  expect((await forge.changedFiles(before, after))?.toSorted()).toEqual(['new.yaml', 'old.yaml']);
});

it('cannot tell them after a forced push', async () => {
  const forge = await world.open('acme/gitops');
  const one = await world.commit('acme/gitops', 'one', 'one.yaml', '1', 'main');
  const other = await world.commit('acme/gitops', 'other', 'other.yaml', '2', 'main');

  expect(await forge.changedFiles(one, other)).toBeNull();
});

it('cannot tell them when there may be more than GitHub lists', async () => {
  const forge = await world.open('acme/gitops');
  const blob = await git('x', 'hash-object', '-w', '--stdin');
  const empty = await git('', 'commit-tree', await git('', 'mktree'), '-m', 'Nothing');
  const filled = async (count: number) => {
    const entries = Array.from({ length: count }, (_, index) => `100644 blob ${blob}\tfile-${index}\n`);
    return git('', 'commit-tree', await git(entries.join(''), 'mktree'), '-p', empty, '-m', 'Many');
  };

  expect(await forge.changedFiles(empty, await filled(299))).toHaveLength(299);
  expect(await forge.changedFiles(empty, await filled(300))).toBeNull();
});
