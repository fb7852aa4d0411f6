import type { CredentialKey } from '../secrets/credentials.ts';
import type { ForgeKind } from './forge-hosts.ts';

/** What each token must be allowed at each forge, in that forge's words. */
export const neededScope: Readonly<Record<ForgeKind, Readonly<Record<CredentialKey, string>>>> = {
  github: {
    'git-token': 'Contents: read and Commit statuses: read and write (classic token: repo)',
    'gitops-token': 'Contents: read and write and Pull requests: read and write (classic token: repo)',
    'status-token': 'Commit statuses: read and write (classic token: repo:status)',
  },
  gitea: {
    'git-token': 'the scopes write:repository (read:repository without commit statuses)',
    'gitops-token': 'the scopes write:repository, write:issue and read:user',
    'status-token': 'the scope write:repository',
  },
  gitlab: {
    'git-token': 'the scope api and the role Developer (read_repository without commit statuses)',
    'gitops-token': 'the scope api and the role Developer',
    'status-token': 'the scope api and the role Developer',
  },
  bitbucket: {
    'git-token': 'the scope repository:write (repository without commit statuses)',
    'gitops-token': 'the scopes repository:write and pullrequest:write',
    'status-token': 'the scope repository:write',
  },
};
