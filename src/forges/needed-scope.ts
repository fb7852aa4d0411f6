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
    'git-token': 'write:repository (read:repository without commit statuses)',
    'gitops-token': 'write:repository, write:issue and read:user',
    'status-token': 'write:repository',
  },
};
