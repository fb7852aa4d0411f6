import { Failure } from '../failures.ts';
import type { FindCredential, FindSshLogin } from '../secrets/credentials.ts';
import { checkRepositoryUrl, hostOf } from './addresses.ts';
import type { Remote } from './git.ts';
import type { GitSettings } from './settings.ts';

/**
 * Checks a repository's URL and joins it with the credential of a namespace, which is read anew each time. Sources are read anonymously where no
 * token may be sent to their host; for a GitOps repository, and where `secretRef` names a Secret, that is `NotAllowed`, and no
 * token at all is `SecretMissing`.
 */
export type OpenRemote = (
  url: string,
  key: 'git-token' | 'gitops-token',
  namespace: string,
  secretRef?: string,
) => Promise<Remote>;

/** Makes the one that looks credentials up where the operator keeps them. */
export function createRemotes({
  findCredential,
  settings,
  findSshLogin,
  login = usualLogin,
}: {
  readonly findCredential: FindCredential;
  readonly settings: GitSettings;
  /** Without it no repository is reached by SSH. */
  readonly findSshLogin?: FindSshLogin;
  /** Git's user and password for a token at the host of a URL. */
  readonly login?: (url: string, token: string) => Login;
}): OpenRemote {
  return async (url, key, namespace, secretRef) => {
    const checked = checkRepositoryUrl(url, settings);
    if (checked.startsWith('file:')) return { url: checked, authorization: undefined };
    if (checked.startsWith('ssh:')) return openSsh(checked, key, namespace, secretRef, findSshLogin);
    const credential = await findCredential(key, checked, namespace, secretRef);
    if (credential.kind === 'token') {
      const authorization = basic(login(checked, credential.token));
      return { url: checked, authorization, ...(credential.app && { identity: `${key} of app ${credential.app.id}` }) };
    }
    if (key === 'git-token' && secretRef === undefined) return { url: checked, authorization: undefined };
    if (credential.kind === 'unbound') {
      throw new Failure(
        'NotAllowed',
        `the ${key} must not be sent to ${credential.host}: name that host in SLIPWAY_CREDENTIAL_HOSTS, or add a ${key} made for ${credential.host}`,
      );
    }
    throw new Failure(
      'SecretMissing',
      `no ${key} for ${hostOf(checked)}; looked for it at ${credential.places.join(', ')}. Add a token that may ${neededRights[key]}`,
    );
  };
}

async function openSsh(
  url: string,
  key: 'git-token' | 'gitops-token',
  namespace: string,
  secretRef: string | undefined,
  find: FindSshLogin | undefined,
): Promise<Remote> {
  if (key === 'gitops-token' || find === undefined)
    throw new Failure(
      'NotAllowed',
      `the repository on ${hostOf(url)} is addressed by ssh://, which is for sources only; write https://<host>/<owner>/<name>`,
    );
  const found = await find(url, namespace, secretRef);
  switch (found.kind) {
    case 'ssh':
      return { url, authorization: undefined, ssh: found.login };
    case 'unbound':
      throw new Failure(
        'NotAllowed',
        `the git-ssh-key must not be used at ${found.host}: name that host in SLIPWAY_CREDENTIAL_HOSTS, or add a git-ssh-key and git-known-hosts made for ${found.host}`,
      );
    case 'missing':
      throw new Failure(
        'SecretMissing',
        `no ${found.keys.join(' and no ')} for ${hostOf(url)}; looked for at ${found.places.join(', ')}. Add a private key that may read the source, and the host's lines of a known_hosts file`,
      );
  }
}

const neededRights = {
  'git-token': 'read the source',
  'gitops-token': 'read and write the contents of the GitOps repository and open pull requests',
} as const;

interface Login {
  readonly user: string;
  readonly password: string;
}

const usualLogin = (_url: string, token: string): Login => ({ user: 'x-access-token', password: token });

function basic({ user, password }: Login): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
