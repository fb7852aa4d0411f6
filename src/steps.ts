import type { StepDeps } from '../activities/index.ts';
import type { Catalog } from './catalog/catalog.ts';
import { createDirectoryCatalog } from './catalog/directory-catalog.ts';
import { createGitopsCatalog } from './catalog/gitops-catalog.ts';
import type { Config } from './config.ts';
import { createOpenForge } from './forges/open-forge.ts';
import { committer } from './git/environment.ts';
import type { OpenMirror } from './git/git.ts';
import { createMirrors } from './git/mirrors.ts';
import { createRemotes, type OpenRemote } from './git/remotes.ts';
import { createSourceRepositories } from './git/source-repositories.ts';
import type { Logger } from './logger.ts';
import type { BuildId, BuildPlane } from './planes/build-plane.ts';
import { detectEngine } from './planes/local/detect-engine.ts';
import { createLocalPlane } from './planes/local/local-plane.ts';
import { createOpenRegistry } from './registry/open-registry.ts';
import { builtInFlows } from './runs/flows.ts';
import { createDirectorySecrets } from './secrets/directory-secrets.ts';
import { createEnvironmentSecrets } from './secrets/environment-secrets.ts';
import { createFindCredential } from './secrets/find-credential.ts';

type Assembled = Omit<StepDeps, 'buildTaskQueue' | 'searchAttributes' | 'temporalUi'>;

/** Puts the steps' implementations together as the configuration says. Throws where no image builder works. */
export async function assembleSteps(
  config: Config,
  logger: Logger,
  isAlive: (id: BuildId) => Promise<boolean>,
): Promise<Assembled> {
  const environment = process.env;
  const secrets =
    config.secrets.kind === 'directory'
      ? createDirectorySecrets(config.secrets.folder)
      : createEnvironmentSecrets(environment);
  const findCredential = createFindCredential({ secrets, hosts: config.credentialHosts });
  const openRemote = createRemotes({ findCredential, settings: config.git });
  const openMirror = createMirrors(config.git);
  const registryAuth = (namespace: string) => secrets.read('registry-auth', namespace);
  const { plane, builder } = await localPlane(config, logger, openRemote, registryAuth, isAlive);
  return {
    catalog: openCatalog(config, openRemote, openMirror),
    planDefaults: { httpHosts: config.git.httpHosts, flows: builtInFlows },
    openRemote,
    openMirror,
    sources: createSourceRepositories(config.git),
    openForge: createOpenForge({ findCredential, httpHosts: config.git.httpHosts }),
    openRegistry: createOpenRegistry({ ...config.registry, registryAuth }),
    plane,
    builder,
    recordMaxAgeMs: config.builds.recordMaxAgeMs,
    authorEmail: committer.email,
  };
}

function openCatalog({ catalog }: Config, openRemote: OpenRemote, openMirror: OpenMirror): Catalog {
  if (catalog.kind === 'directory') return createDirectoryCatalog(catalog.folder);
  const { url, branch } = catalog;
  return createGitopsCatalog({ openMirror, remote: () => openRemote(url, 'gitops-token', 'default'), url, branch });
}

async function localPlane(
  config: Config,
  logger: Logger,
  openRemote: OpenRemote,
  registryAuth: (namespace: string) => Promise<string | undefined>,
  isAlive: (id: BuildId) => Promise<boolean>,
): Promise<{ plane: BuildPlane; builder: StepDeps['builder'] }> {
  const environment = process.env;
  const detected = await detectEngine(environment);
  if (detected.kind === 'none') {
    const tried = detected.tried.map(({ engine, problem }) => `${engine}: ${problem}`).join('; ');
    throw new Error(
      `No image builder works here (${tried}). Install buildah and skopeo, for example: apt-get install buildah skopeo`,
    );
  }
  const plane = createLocalPlane({
    folder: config.builds.folder,
    engine: detected.engine,
    environment,
    sourceHttpHosts: config.git.httpHosts,
    allowFileSources: config.git.allowFile,
    registryHttpHosts: config.registry.httpHosts,
    caFile: config.registry.caFile,
    registryAuth,
    sourceAuthorization: async (repository, namespace) =>
      (await openRemote(repository, 'git-token', namespace)).authorization,
  });
  await plane
    .sweep(isAlive)
    .catch((error: unknown) => logger.warn('leftovers of earlier builds not removed', { error }));
  logger.info('image builder found', { engine: detected.engine, version: detected.version });
  return { plane, builder: { builder: `${detected.engine} ${detected.version}`, platforms: [platform()] } };
}

function platform(): string {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return `linux/${architecture}`;
}
