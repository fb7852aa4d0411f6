import { afterAll, beforeAll, expect, it } from 'vitest';
import { git } from '../../../src/embedded/forge/git.ts';
import { repositoryFolder } from '../../../src/embedded/forge/repositories.ts';
import { startWorld, type TestWorld } from './world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

it('names both paths of a renamed file', async () => {
  const forge = await world.open('acme/gitops');
  const before = await world.commit('acme/gitops', 'renaming', 'old.yaml', 'a: 1\nb: 2\nc: 3\n', 'main');
  const bare = repositoryFolder(world.folder, 'acme/gitops');
  const listing = (await git(bare, ['ls-tree', before])).replace('old.yaml', 'new.yaml');
  const tree = (await git(bare, ['mktree'], { input: listing })).trim();
  const environment = {
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'a@x',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'a@x',
  };
  const after = (await git(bare, ['commit-tree', tree, '-p', before, '-m', 'Rename'], { environment })).trim();

  expect((await forge.changedFiles(before, after))?.toSorted()).toEqual(['new.yaml', 'old.yaml']);
});

it('cannot tell them after a forced push, nor when there are more than GitHub lists', async () => {
  const forge = await world.open('acme/gitops');
  const main = (await world.api('/repos/acme/gitops/branches/main')).body.commit.sha;
  const one = await world.commit('acme/gitops', 'one', 'one.yaml', '1', 'main');
  const other = await world.commit('acme/gitops', 'other', 'other.yaml', '2', 'main');
  let many = main;
  const bare = repositoryFolder(world.folder, 'acme/gitops');
  const blob = (await git(bare, ['hash-object', '-w', '--stdin'], { input: 'x' })).trim();
  const treeOf = async (count: number) => {
    const entries = Array.from({ length: count }, (_, index) => `100644 blob ${blob}\tfile-${index}\n`);
    return (await git(bare, ['mktree'], { input: entries.join('') })).trim();
  };
  const environment = {
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'a@x',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'a@x',
  };
  many = (await git(bare, ['commit-tree', await treeOf(299), '-p', main, '-m', 'Many'], { environment })).trim();

  expect(await forge.changedFiles(one, other)).toBeNull();
  expect(await forge.changedFiles(main, many)).toBeNull();
  expect(await forge.changedFiles(one, one)).toEqual([]);
  expect(await forge.changedFiles('0'.repeat(40), one)).toBeNull();
});
