import { Failure } from '../failures.ts';
import { decodeText } from '../openchoreo/yaml/decode.ts';
import { committer } from '../runs/commit-message.ts';
import { branchRef, checkRepositoryUrl, hostOf, isFullSha } from './addresses.ts';
import { type BareRepository, openBareRepository } from './bare-repository.ts';
import type { GitopsMirror, OpenMirror, TreeEntry } from './git.ts';
import { markDamaged, openMirrorFolder, tidyHourly } from './mirror-folder.ts';
import { diffPaths, fetchObjects, parseChanges, parseTree, readObjects } from './objects.ts';
import { checkPush, deleteRemoteBranch, pushCommit, remoteHead } from './push.ts';
import { deleteRunRefs, runRef } from './run-refs.ts';
import type { GitSettings } from './settings.ts';
import { writeTree } from './write-tree.ts';

const dayMs = 24 * 3600_000;
const heads = 'refs/heads/';

/** Mirrors of GitOps repositories below the settings' folder, one for each repository and credential. Runs may share one without waiting. */
export function createMirrors(settings: GitSettings): OpenMirror {
  return async (remote, signal) => {
    const checked = { ...remote, url: checkRepositoryUrl(remote.url, settings) };
    const folder = await openMirrorFolder(settings, checked);
    const repository = openBareRepository({
      folder,
      remote: checked,
      credential: 'gitops-token',
      // Small things are in the mirror, so that reading all YAML asks nobody; large ones are no manifests.
      filter: 'blob:limit=1m',
      settings,
      signal,
      onDamage: () => markDamaged(folder),
    });
    await tidyHourly(folder, () => deleteRunRefs(repository, (_ref, ageMs) => ageMs > dayMs));
    return createMirror(repository);
  };
}

function createMirror(repository: BareRepository): GitopsMirror {
  const text = async (...args: readonly string[]): Promise<string> =>
    (await repository.read(args)).toString('utf8').trim();
  const holds = async (commit: string): Promise<boolean> =>
    (await repository.run(['cat-file', '-e', `${commit}^{commit}`])).code === 0;

  const ensure = async (commit: string): Promise<void> => {
    checkCommit(commit);
    // Into a ref, so that the next fetch can build on it.
    if (!(await holds(commit))) await repository.fetch([`+${commit}:${runRef(`commit/${commit}`)}`]);
  };

  return {
    key: repository.folder.replace(/\.\d+$/, ''), // a successor of a worn mirror has another number
    pin: async (branch, run) => {
      const ref = runRef(run);
      await repository.fetch([`+${branchRef(branch)}:${ref}`]);
      return text('rev-parse', '--verify', `${ref}^{commit}`);
    },
    ensure,
    files: async (commit) => {
      const output = await repository.read(['ls-tree', '-r', '-z', '--full-tree', checkCommit(commit)]);
      return blobsOf(output);
    },
    readBlobs: (ids) => readBlobs(repository, ids),
    writeTree: (commit, changes) => writeTree(repository, checkCommit(commit), changes),
    changes: async (from, to) => {
      const args = ['diff-tree', '-r', '-z', '--raw', '--full-index', '--no-renames'];
      const { code, stdout } = await repository.run([...args, checkCommit(from), checkCommit(to)]);
      return code === 0 ? parseChanges(stdout) : undefined;
    },
    changedPaths: async (from, to) => {
      await ensure(from);
      await ensure(to);
      return diffPaths(repository, from, to);
    },
    diff: async (from, to) => {
      const plain = ['--no-renames', '--no-ext-diff', '--no-textconv', '--no-color'];
      return (await repository.read(['diff-tree', '-r', '-p', ...plain, from, to])).toString('utf8');
    },
    commit: async ({ tree, parent, message, date }) => {
      const input = `${message.trimEnd()}\n`;
      const environment = commitEnvironment(date);
      const output = await repository.read(['commit-tree', tree, '-p', parent], { input, environment });
      return output.toString('utf8').trim();
    },
    remoteHead: (branch) => remoteHead(repository, branch),
    remoteBranches: async (folder) => {
      const refs = await repository.remoteRefs(`${branchRef(folder)}/*`);
      return new Map([...refs].map(([ref, id]) => [ref.slice(heads.length), id]));
    },
    describeCommit: async (branch, commit) => {
      if (!(await holds(checkCommit(commit)))) await repository.fetch([branchRef(branch)]);
      if (!(await holds(commit))) await ensure(commit);
      const [committerEmail = '', tree = '', ...message] = (
        await text('log', '-1', '--no-show-signature', '--format=%ce%x00%T%x00%B', commit)
      ).split('\0');
      return { committerEmail, tree, message: message.join('\0') };
    },
    push: (commit, branch, expected) => pushCommit(repository, checkCommit(commit), branch, expected),
    checkPush: (commit) => checkPush(repository, checkCommit(commit)),
    deleteBranch: (branch, commit) => deleteRemoteBranch(repository, branch, checkCommit(commit)),
    release: (run) => deleteRunRefs(repository, (ref) => ref === runRef(run)),
  };
}

function* blobsOf(output: Buffer): Generator<TreeEntry> {
  for (const entry of parseTree(output)) if (entry.type === 'blob') yield entry;
}

function checkCommit(commit: string): string {
  if (isFullSha(commit)) return commit;
  throw new Failure('InvalidRun', `${JSON.stringify(commit)} is no full commit id`);
}

async function* readBlobs(
  repository: BareRepository,
  ids: readonly string[],
): AsyncGenerator<{ readonly id: string; readonly text: string }> {
  const large: string[] = [];
  for await (const { id, bytes } of readObjects(repository, ids)) {
    if (bytes === undefined) large.push(id);
    else yield { id, text: decodeText(bytes) };
  }
  // Over a megabyte: the mirror's filter left them at the remote. They stay once they are here.
  await fetchObjects(repository, large);
  for await (const { id, bytes } of readObjects(repository, large)) {
    if (bytes === undefined)
      throw new Failure('Unavailable', `blob ${id} is not at ${hostOf(repository.attempt.remote.url)}`);
    yield { id, text: decodeText(bytes) };
  }
}

function commitEnvironment(date: number): Readonly<Record<string, string>> {
  const of = (role: 'AUTHOR' | 'COMMITTER'): Readonly<Record<string, string>> => ({
    [`GIT_${role}_NAME`]: committer.name,
    [`GIT_${role}_EMAIL`]: committer.email,
    [`GIT_${role}_DATE`]: `@${date} +0000`,
  });
  return { ...of('AUTHOR'), ...of('COMMITTER') };
}
