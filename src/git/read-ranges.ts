import { Failure } from '../failures.ts';
import type { BareRepository } from './bare-repository.ts';
import type { CommitRange, RangeCommit } from './git.ts';
import { diffPaths } from './objects.ts';

/** So many commits of a branch are looked at one by one. */
const DEPTH = 50;

/** Reads how a branch came from each of these commits to another. Throws `SourceNotFound` where the remote does not give the latter. */
export async function readRanges(
  repository: BareRepository,
  befores: readonly string[],
  after: string,
): Promise<ReadonlyMap<string, CommitRange>> {
  await repository.fetch([after], { depth: DEPTH });
  const known = await bring(repository, befores);
  const [newest] = await readCommits(repository, ['-1', after]);
  if (newest === undefined) throw new Failure('Unavailable', `git knows nothing of ${after}`);
  const { committedAt, ...head } = newest;
  const changed = new Map<string, Promise<readonly string[]>>();
  const pathsOf = (id: string) => {
    const paths = changed.get(id) ?? diffPaths(repository, `${id}^`, id);
    changed.set(id, paths);
    return paths;
  };

  async function read(before: string): Promise<CommitRange> {
    const alone = { commits: [withoutParents(head, null)], whole: false, committedAt };
    if (!known.has(before)) return { ...alone, paths: null };
    const paths = await diffPaths(repository, before, after);
    const listed = await readCommits(repository, [`${before}..${after}`]);
    // A cut history ends in commits that seem to have no parent.
    const whole = listed.length > 0 && listed.length < DEPTH && listed.every(({ parents }) => parents !== '');
    if (!whole) return { ...alone, paths };
    const commits: RangeCommit[] = [];
    for (const commit of listed) commits.push(withoutParents(commit, await pathsOf(commit.id)));
    return { commits, whole, committedAt, paths };
  }

  const ranges = new Map<string, CommitRange>();
  for (const before of befores) ranges.set(before, await read(before));
  return ranges;
}

const withoutParents = (
  { id, message, email }: Omit<RangeCommit, 'paths'>,
  paths: RangeCommit['paths'],
): RangeCommit => ({ id, message, email, paths });

/** Which of these commits are here, after those that are not have been fetched where that is possible. */
async function bring(repository: BareRepository, commits: readonly string[]): Promise<ReadonlySet<string>> {
  const here = new Set<string>();
  for (const commit of commits) if (await isHere(repository, commit)) here.add(commit);
  const lacking = commits.filter((commit) => !here.has(commit));
  if (lacking.length > 0 && (await tryFetch(repository, lacking))) return new Set(commits);
  // One that is gone spoils the fetch of all.
  if (lacking.length > 1) for (const commit of lacking) if (await tryFetch(repository, [commit])) here.add(commit);
  return here;
}

async function isHere(repository: BareRepository, commit: string): Promise<boolean> {
  return (await repository.run(['cat-file', '-e', `${commit}^{commit}`])).code === 0;
}

async function tryFetch(repository: BareRepository, commits: readonly string[]): Promise<boolean> {
  try {
    await repository.fetch(commits, { depth: 1 });
    return true;
  } catch (error) {
    if (error instanceof Failure && error.type === 'SourceNotFound') return false;
    throw error;
  }
}

async function readCommits(repository: BareRepository, range: readonly string[]) {
  const format = '--format=%H%n%P%n%ae%n%ct%n%B';
  const args = ['log', '-z', `--max-count=${DEPTH}`, '--no-show-signature', format, ...range, '--'];
  const output = (await repository.read(args)).toString('utf8');
  return output
    .split('\0')
    .filter(Boolean)
    .map((record) => {
      const [id = '', parents = '', email = '', seconds = '', ...message] = record.split('\n');
      return { id, parents, email, committedAt: Number(seconds), message: message.join('\n') };
    });
}
