import { bitbucketLogin } from './bitbucket/login.ts';
import type { ForgeRepository } from './repository-url.ts';

/** How a repository is asked for with a token. */
export interface ApiAccess {
  /** Where the repository is, below the API's root. */
  readonly root: string;
  /** Value of the Authorization header. */
  readonly authorization: string;
  /** The token's secret part, to be kept out of messages. */
  readonly secret: string;
}

/** What each forge wants. */
export function apiAccess({ kind, api, owner, name }: ForgeRepository, token: string): ApiAccess {
  const bearer = { authorization: `Bearer ${token}`, secret: token };
  switch (kind) {
    case 'github':
    case 'gitea':
      return { root: `${api}/repos/${owner}/${name}`, ...bearer };
    case 'gitlab':
      return { root: `${api}/projects/${encodeURIComponent(`${owner}/${name}`)}`, ...bearer };
    case 'bitbucket':
      return { root: `${api}/repositories/${owner}/${name}`, ...bitbucketLogin(token) };
  }
}
