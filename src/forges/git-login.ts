import { bitbucketLogin } from './bitbucket/login.ts';
import { type ForgeHost, findForgeHost } from './forge-hosts.ts';

/** Git's user and password for a token at the forge of a URL. */
export type GitLogin = (url: string, token: string) => { readonly user: string; readonly password: string };

/** Tells them by which forge is where; hosts that nobody told about take the user of GitHub and Gitea, and so do most. */
export function createGitLogin(forges: readonly ForgeHost[]): GitLogin {
  return (url, token) => {
    switch (findForgeHost(new URL(url), forges)?.kind) {
      case 'gitlab':
        return { user: 'oauth2', password: token };
      case 'bitbucket': {
        const { gitUser, secret } = bitbucketLogin(token);
        return { user: gitUser, password: secret };
      }
      default:
        return { user: 'x-access-token', password: token };
    }
  };
}
