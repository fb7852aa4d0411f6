import type { Remote } from '../git/git.ts';
import type { Check } from './check.ts';

export interface GitReading {
  readonly name: string;
  readonly url: string;
  readonly branch: string;
  readonly key: 'git-token' | 'gitops-token';
  open(): Promise<Remote>;
  /** Head of the branch, or undefined where there is none; rejects where the remote refuses. */
  head(remote: Remote, signal: AbortSignal): Promise<string | undefined>;
}

/** Does git read the repository with the token that there is, and is the branch there? */
export function checkGitRead({ name, url, branch, key, open, head }: GitReading): Check {
  return {
    name,
    async run(signal) {
      const remote = await open();
      const how = remote.ssh
        ? 'with git-ssh-key'
        : remote.authorization === undefined
          ? 'without a token'
          : `with ${key}`;
      const commit = await head(remote, signal);
      if (commit !== undefined)
        return { state: 'ok', text: `${url} read ${how}, ${branch} is at ${commit.slice(0, 12)}` };
      return {
        state: 'fail',
        text: `${url} read ${how}, but it has no branch ${branch}`,
        fix: 'push the branch, or correct its name in the run or the ComponentWorkflow',
      };
    },
  };
}
