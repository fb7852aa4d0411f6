import type { StepDeps } from '../activities/index.ts';
import type { Config } from './config.ts';
import { openConnections, openSecrets } from './connections.ts';
import type { OpenRemote } from './git/remotes.ts';
import type { Logger } from './logger.ts';
import type { BuildPlane } from './planes/build-plane.ts';
import { detectEngine } from './planes/local/detect-engine.ts';
import { createLocalPlane } from './planes/local/local-plane.ts';
import { committer } from './runs/commit-message.ts';

type Assembled = Omit<StepDeps, 'buildTaskQueue' | 'searchAttributes' | 'temporalUi'>;

/** Puts the steps' implementations together as the configuration says. Throws where no image builder works. */
export async function assembleSteps(config: Config, logger: Logger): Promise<Assembled> {
  const environment = process.env;
  const connections = openConnections(config, openSecrets(config, environment));
  const { openRemote, registryAuth } = connections;
  const { plane, builder } = await localPlane(config, logger, openRemote, registryAuth);
  return {
    catalog: connections.catalog,
    planDefaults: connections.planDefaults,
    openRemote,
    openMirror: connections.openMirror,
    sources: connections.sources,
    openForge: connections.openForge,
    openRegistry: connections.openRegistry,
    plane,
    builder,
    recordMaxAgeMs: config.builds.recordMaxAgeMs,
    authorEmail: committer.email,
  };
}

async function localPlane(
  config: Config,
  logger: Logger,
  openRemote: OpenRemote,
  registryAuth: (namespace: string) => Promise<string | undefined>,
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
  await plane.sweep().catch((error: unknown) => logger.warn('leftovers of earlier builds not removed', { error }));
  logger.info('image builder found', { engine: detected.engine, version: detected.version });
  return { plane, builder: { builder: `${detected.engine} ${detected.version}`, platforms: [platform()] } };
}

function platform(): string {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return `linux/${architecture}`;
}
