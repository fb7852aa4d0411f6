import { Failure } from '../failures.ts';
import type { AppOrigin, CredentialKey, FindCredential } from '../secrets/credentials.ts';
import { createAccounts } from './accounts.ts';
import { createBitbucket } from './bitbucket/bitbucket.ts';
import { createWholeCommits } from './bitbucket/whole-commits.ts';
import type { OpenForge } from './forge.ts';
import type { ForgeHost } from './forge-hosts.ts';
import { createGitea } from './gitea/gitea.ts';
import { createGithub } from './github/github.ts';
import { createGitlab } from './gitlab/gitlab.ts';
import { apiUrl, parseRepositoryUrl } from './repository-url.ts';
import { type ForgeCall, watchCalls } from './watch-calls.ts';

interface OpenForgeOptions {
  readonly findCredential: FindCredential;
  /** `host[:port]` of hosts that may be spoken to by plain http. */
  readonly httpHosts: readonly string[];
  /** Which forge is where, beside the public ones. */
  readonly forges: readonly ForgeHost[];
  readonly fetch?: typeof globalThis.fetch;
  /** Told of each request. */
  readonly onCall?: (call: ForgeCall) => void;
}

/**
 * Opens forges by a repository's URL with the token of a key; `status-token` falls back to `git-token`. Nothing is sent before the token is
 * known to be bound to the host. Throws `SecretMissing`, `NotAllowed`, also for a host whose forge is not configured, and `InvalidRun` for a URL that names no repository.
 */
export function createOpenForge({
  findCredential,
  httpHosts,
  forges,
  fetch = globalThis.fetch,
  onCall = () => {},
}: OpenForgeOptions): OpenForge {
  const accounts = createAccounts();
  const wholeCommits = createWholeCommits();

  async function findToken(
    keys: readonly CredentialKey[],
    url: string,
    namespace: string,
  ): Promise<{ key: CredentialKey; token: string; app?: AppOrigin }> {
    const places: string[] = [];
    let unboundTo: string | undefined;
    for (const key of keys) {
      const credential = await findCredential(key, url, namespace);
      if (credential.kind === 'token') return { ...credential, key };
      if (credential.kind === 'missing') places.push(...credential.places);
      else unboundTo = credential.host;
    }
    const key = keys.join(' or ');
    if (unboundTo !== undefined) {
      throw new Failure(
        'NotAllowed',
        `The token of ${key} is not bound to ${unboundTo}, so it is not sent there. Name the host in SLIPWAY_CREDENTIAL_HOSTS, or store a token made for it.`,
      );
    }
    throw new Failure(
      'SecretMissing',
      `There is no token ${key} for namespace ${namespace}. It was looked for in: ${places.join(', ')}. Store one there.`,
    );
  }

  return async (repositoryUrl, key, namespace, signal) => {
    const repository = parseRepositoryUrl(repositoryUrl, { httpHosts, forges });
    const keys: readonly CredentialKey[] = key === 'status-token' ? ['status-token', 'git-token'] : [key];
    const { key: found, token, app } = await findToken(keys, apiUrl(repositoryUrl), namespace);
    const watched = watchCalls(fetch, repository, found, onCall);
    const connection = { repository, key: found, token, accounts, fetch: watched, signal };
    // An App's token may not ask whose it is.
    if (app !== undefined) accounts.remember(repository.api, token, { kind: 'app' });
    switch (repository.kind) {
      case 'github':
        return createGithub({ ...connection, appSlug: app?.slug ?? null });
      case 'gitea':
        return createGitea(connection);
      case 'gitlab':
        return createGitlab(connection);
      case 'bitbucket':
        return createBitbucket({ ...connection, wholeCommits });
    }
  };
}
