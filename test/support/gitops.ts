import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What git says about a bare repository. */
export async function git(repository: string, ...args: string[]): Promise<string> {
  return (await run('git', ['--git-dir', repository, ...args], { maxBuffer: 1 << 24 })).stdout.trim();
}

/** Release branches of a bare GitOps repository. */
export async function releaseBranches(repository: string): Promise<string[]> {
  const refs = await git(repository, 'for-each-ref', '--format=%(refname:short)', 'refs/heads/release');
  return refs === '' ? [] : refs.split('\n');
}

/** Pull requests of the embedded forge, as its API tells them. */
export async function pullRequests(repositoryUrl: string, token: string): Promise<PullRequestSummary[]> {
  const { origin, pathname } = new URL(repositoryUrl);
  const response = await fetch(`${origin}/api/v3/repos${pathname}/pulls?state=all&per_page=100`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as PullRequestSummary[];
}

interface PullRequestSummary {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly head: { readonly ref: string; readonly sha: string };
}
