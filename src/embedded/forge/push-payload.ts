import { git, isAncestor, log, noCommit } from './git.ts';
import type { PushEvent } from './push-events.ts';

/** GitHub lists so many commits at most. */
const MOST_COMMITS = 2048;

/** The payload with which GitHub tells of a push. `folder`: the bare repository; `url`: its page. */
export async function pushPayload(folder: string, url: string, event: PushEvent): Promise<object> {
  const { ref, before, after, pusher, repository } = event;
  const created = before === noCommit;
  const deleted = after === noCommit;
  const forced = !created && !deleted && !(await isAncestor(folder, before, after));
  const commits = deleted ? [] : await readCommits(folder, created ? `${after}^!` : `${before}..${after}`);
  const [owner = '', name = ''] = repository.split('/');
  const login = pusher ?? 'somebody';
  return {
    ref,
    before,
    after,
    created,
    deleted,
    forced,
    commits,
    head_commit: deleted
      ? null
      : (commits.find(({ id }) => id === after) ?? (await readCommits(folder, `${after}^!`))[0]),
    repository: {
      name,
      full_name: repository,
      owner: { login: owner },
      html_url: url,
      clone_url: `${url}.git`,
      pushed_at: Math.floor(Date.now() / 1000),
    },
    pusher: { name: login },
    sender: { login },
  };
}

/** The oldest first, as GitHub lists them. */
async function readCommits(folder: string, range: string) {
  const commits = [];
  for (const { commit: id, author: name, date: timestamp, message } of (
    await log(folder, range, MOST_COMMITS)
  ).toReversed()) {
    const email = (await git(folder, ['log', '-1', '--format=%ae', id, '--'])).trim();
    commits.push({ id, message, timestamp, author: { name, email }, ...(await readPaths(folder, id)) });
  }
  return commits;
}

/** What a commit changed of its first parent. */
async function readPaths(folder: string, id: string) {
  const args = [
    'log',
    '-1',
    '-z',
    '--format=',
    '--name-status',
    '--no-renames',
    '--diff-merges=first-parent',
    id,
    '--',
  ];
  const fields = (await git(folder, args)).split('\0');
  const paths = { added: [] as string[], removed: [] as string[], modified: [] as string[] };
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [status, path = ''] = [fields[at]?.trim(), fields[at + 1]];
    (status === 'A' ? paths.added : status === 'D' ? paths.removed : paths.modified).push(path);
  }
  return paths;
}
