import { Failure } from '../failures.ts';
import type { FindCredential } from '../secrets/credentials.ts';
import { checkRepositoryUrl, hostOf } from './addresses.ts';
import type { Remote } from './git.ts';
import type { GitSettings } from './settings.ts';

/**
 * Checks a repository's URL and joins it with the credential of a namespace, which is read anew each time. Sources are read anonymously where no
 * token may be sent to their host; for a GitOps repository that is `NotAllowed`, and no token at all is `SecretMissing`.
 */
export type OpenRemote = (url: string, key: 'git-token' | 'gitops-token', namespace: string) => Promise<Remote>;

/** Makes the one that looks credentials up where the operator keeps them. */
export function createRemotes({
  findCredential,
  settings,
  login = usualLogin,
}: {
  readonly findCredential: FindCredential;
  readonly settings: GitSettings;
  /** Git's user and password for a token at the host of a URL. */
  readonly login?: (url: string, token: string) => Login;
}): OpenRemote {
  return async (url, key, namespace) => {
    const checked = checkRepositoryUrl(url, settings);
    if (checked.startsWith('file:')) return { url: checked, authorization: undefined };
    const credential = await findCredential(key, checked, namespace);
    if (credential.kind === 'token') {
      const authorization = basic(login(checked, credential.token));
      return { url: checked, authorization, ...(credential.app && { identity: `${key} of app ${credential.app.id}` }) };
    }
    if (key === 'git-token') return { url: checked, authorization: undefined };
    if (credential.kind === 'unbound') {
      throw new Failure(
        'NotAllowed',
        `the gitops-token must not be sent to ${credential.host}: name that host in SLIPWAY_CREDENTIAL_HOSTS, or add a gitops-token made for ${credential.host}`,
      );
    }
    throw new Failure(
      'SecretMissing',
      `no gitops-token for ${hostOf(checked)}; looked for it at ${credential.places.join(', ')}. Add a token that may read and write the contents of the GitOps repository and open pull requests`,
    );
  };
}

interface Login {
  readonly user: string;
  readonly password: string;
}

const usualLogin = (_url: string, token: string): Login => ({ user: 'x-access-token', password: token });

function basic({ user, password }: Login): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
