import type { Catalog } from './catalog/catalog.ts';
import { createDirectoryCatalog } from './catalog/directory-catalog.ts';
import { createGitopsCatalog } from './catalog/gitops-catalog.ts';
import { createKubernetesCatalog } from './catalog/kubernetes-catalog.ts';
import type { Config } from './config.ts';
import type { OpenForge } from './forges/forge.ts';
import { createGitLogin } from './forges/git-login.ts';
import { createAppTokens, type MakeAppToken } from './forges/github/app-tokens.ts';
import { withGithubApp } from './forges/github/with-app.ts';
import { createOpenForge } from './forges/open-forge.ts';
import type { ForgeCall } from './forges/watch-calls.ts';
import type { OpenMirror, SourceRepositories } from './git/git.ts';
import { createMirrors } from './git/mirrors.ts';
import { createRemotes, type OpenRemote } from './git/remotes.ts';
import type { GitCall } from './git/settings.ts';
import { createSourceRepositories } from './git/source-repositories.ts';
import { connectLazily } from './kubernetes/connect-lazily.ts';
import type { LogStore } from './logs/log-store.ts';
import { createS3LogStore, type S3Place } from './logs/s3-log-store.ts';
import { createOpenRegistry } from './registry/open-registry.ts';
import type { OpenRegistry, ResolveImage } from './registry/registry.ts';
import { createResolveImage } from './registry/resolve-image.ts';
import type { PlanDefaults } from './runs/resolve.ts';
import type { FindCredential, FindStored } from './secrets/credentials.ts';
import { createDirectorySecrets } from './secrets/directory-secrets.ts';
import { createEnvironmentSecrets } from './secrets/environment-secrets.ts';
import { createFindCredential, createFindSshLogin } from './secrets/find-credential.ts';
import { createKubernetesSecrets } from './secrets/kubernetes-secrets.ts';
import type { SecretOwners, SecretSource } from './secrets/secret-source.ts';
import { trustAuthorities } from './trust.ts';

/** What a process that serves runs can ask: secrets, code hosts, registries, the catalog. */
export interface Connections {
  readonly secrets: SecretSource;
  /** What is stored, without asking anybody. */
  readonly findStored: FindStored;
  readonly findCredential: FindCredential;
  readonly planDefaults: PlanDefaults;
  readonly catalog: Catalog;
  readonly openRemote: OpenRemote;
  readonly openMirror: OpenMirror;
  readonly sources: SourceRepositories;
  readonly openForge: OpenForge;
  readonly openRegistry: OpenRegistry;
  readonly resolveImage: ResolveImage;
  readonly registryAuth: (namespace: string) => Promise<string | undefined>;
  /** For reading images that builds begin with. */
  readonly pullAuth: (namespace: string) => Promise<string | undefined>;
}

/** Who is told of calls and of secrets that are made; nobody, where a process ends soon. */
export interface ConnectionWatch {
  readonly gitCall?: (call: GitCall) => void;
  readonly forgeCall?: (call: ForgeCall) => void;
  readonly secret?: (value: string) => void;
}

/** Where secrets are, as the configuration says. */
export function openSecrets(
  { secrets, secretNamespaces, kubeconfig }: Pick<Config, 'secrets' | 'secretNamespaces' | 'kubeconfig'>,
  environment: NodeJS.ProcessEnv,
): SecretSource & SecretOwners {
  if (secrets.kind === 'directory') return createDirectorySecrets(secrets.folder);
  if (secrets.kind === 'environment') return createEnvironmentSecrets(environment);
  const connect = connectLazily(kubeconfig);
  return createKubernetesSecrets({ connect, general: secrets.namespace, namespaces: secretNamespaces });
}

/** Where logs of builds are kept, as the configuration says; null: nowhere. */
export function openLogStore(place: S3Place | null, secrets: SecretOwners): LogStore | null {
  if (place === null) return null;
  // One store for all namespaces.
  const readKey = async () => (await secrets.all('log-store-key')).find(({ namespace }) => namespace === null)?.value;
  return createS3LogStore({ ...place, readKey });
}

/**
 * Puts together what the configuration names; asks nobody yet. From then on this process trusts the configured authorities.
 * `lifetime`: how long a cluster's resources may be followed; null for a process that ends soon.
 */
export function openConnections(
  config: Config,
  secrets: SecretSource,
  lifetime: AbortSignal | null = null,
  watch: ConnectionWatch = {},
): Connections {
  const { httpHosts, allowFile, caFile } = config.git;
  if (caFile) trustAuthorities(caFile);
  const findStored = createFindCredential({ secrets, hosts: config.credentialHosts });
  const git = { ...config.git, ...(watch.gitCall && { onCall: watch.gitCall }) };
  const forgeWatch = watch.forgeCall && { onCall: watch.forgeCall };
  const makeToken = tellTokens(createAppTokens(), watch);
  const findCredential = withGithubApp(findStored, makeToken, { httpHosts, forges: config.forges });
  const openRemote = createRemotes({
    findCredential,
    findSshLogin: createFindSshLogin({ secrets, hosts: config.credentialHosts }),
    settings: config.git,
    login: createGitLogin(config.forges),
  });
  const openMirror = createMirrors(git);
  const registryAuth = (namespace: string) => secrets.read('registry-auth', namespace);
  return {
    secrets,
    findStored,
    findCredential,
    planDefaults: {
      httpHosts,
      allowFile,
      secretRefs: config.secrets.kind === 'kubernetes',
      flows: config.flows,
      renderedRuns: config.executor,
      builds: { frontend: config.frontend },
      buildPlanes: config.buildPlanes,
    },
    catalog: openCatalog(config, openRemote, openMirror, lifetime),
    openRemote,
    openMirror,
    sources: createSourceRepositories(git),
    openForge: createOpenForge({ findCredential, httpHosts, forges: config.forges, ...forgeWatch }),
    openRegistry: createOpenRegistry({ ...config.registry, registryAuth }),
    resolveImage: createResolveImage({ ...config.registry, mirrors: config.builds.registryMirrors }),
    registryAuth,
    pullAuth: (namespace) => secrets.readFirst(['registry-pull-auth', 'registry-auth'], namespace),
  };
}

function tellTokens(make: MakeAppToken, { secret }: ConnectionWatch): MakeAppToken {
  return async (...request) => {
    const made = await make(...request);
    if (made !== undefined) secret?.(made.token);
    return made;
  };
}

function openCatalog(
  { catalog, catalogMaxAgeMs, repositoryHosts, kubeconfig }: Config,
  openRemote: OpenRemote,
  openMirror: OpenMirror,
  lifetime: AbortSignal | null,
): Catalog {
  if (catalog.kind === 'directory') return createDirectoryCatalog(catalog.folder);
  if (catalog.kind === 'kubernetes') {
    const { namespaces } = catalog;
    return createKubernetesCatalog({ connect: connectLazily(kubeconfig), namespaces, lifetime });
  }
  const { url, branch } = catalog;
  return createGitopsCatalog({
    openMirror,
    remote: () => openRemote(url, 'gitops-token', 'default'),
    url,
    branch,
    hosts: repositoryHosts,
    refreshMs: catalogMaxAgeMs,
  });
}
