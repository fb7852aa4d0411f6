import { readFile } from 'node:fs/promises';
import type { BuildDeps } from '../activities/build-image.ts';
import type { SourceDeps } from '../activities/clone-source.ts';
import type { SweepDeps } from '../activities/sweep-jobs.ts';
import { sourceAuthorization } from './builds/source-authorization.ts';
import type { Config } from './config.ts';
import type { Connections } from './connections.ts';
import { connectLazily } from './kubernetes/connect-lazily.ts';
import type { Logger } from './logger.ts';
import type { BuildRequest, OnLog } from './planes/build-plane.ts';
import type { KubeApi } from './planes/kubernetes/api/kube-api.ts';
import { builderFix, detectEngine } from './planes/local/detect-engine.ts';
import { createLocalPlane } from './planes/local/local-plane.ts';
import { createDetectPhaseMachine } from './planes/local/phases/phase-machine.ts';
import { sweepBuilds } from './planes/local/sweep-builds.ts';
import { createReadImage } from './registry/read-image.ts';
import { createRedactor, redactPieces } from './secrets/redact.ts';

type OpenPlane = Pick<BuildDeps, 'plane'> & SweepDeps & Pick<SourceDeps, 'builder'>;

interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  readonly logger: Logger;
  readonly lifetime: AbortSignal;
  readonly onLog: OnLog | undefined;
}

/** Where this worker's builds run, as the configuration says. Throws where no image builder works here. */
export async function openPlane(
  config: Config,
  connections: Connections,
  surroundings: Surroundings,
): Promise<OpenPlane> {
  const { environment, logger, lifetime } = surroundings;
  const { kubernetes } = config;
  const plane =
    kubernetes === undefined
      ? await openLocalPlane(config, connections, surroundings)
      : await openKubernetesPlane(config, kubernetes, connections, surroundings);
  // The copied logs of Jobs are in the same folder.
  const sweep = () =>
    sweepBuilds(config.builds.folder, environment).catch((error: unknown) =>
      logger.warn('leftovers of earlier builds not removed', { error }),
    );
  await sweep();
  const daily = setInterval(() => void sweep(), 24 * 3600_000).unref();
  lifetime.addEventListener('abort', () => clearInterval(daily));
  return plane;
}

/** What builds ask of the cluster of a kubeconfig file, or without one of the cluster that this process runs in. */
export async function openCluster(kubeconfig: string | undefined): Promise<KubeApi> {
  const [{ createKubeApi }, connection] = await Promise.all([
    import('./planes/kubernetes/api/kube-api.ts'),
    connectLazily(kubeconfig)(),
  ]);
  return createKubeApi(connection);
}

async function openKubernetesPlane(
  config: Config,
  { kubeconfig, namespace, image, profile, userNamespaces, ttlSeconds, addresses }: KubernetesConfig,
  connections: Connections,
  { onLog }: Surroundings,
): Promise<OpenPlane> {
  const [{ createKubernetesPlane }, { namedPlanes }] = await Promise.all([
    import('./planes/kubernetes/kubernetes-plane.ts'),
    import('./planes/kubernetes/named-planes.ts'),
  ]);
  const { caFile } = config.registry;
  const common = {
    job: { image, profile, userNamespaces, ttlSeconds },
    namespace,
    sourceHttpHosts: config.git.httpHosts,
    registryHttpHosts: config.registry.httpHosts,
    registryMirrors: config.builds.registryMirrors,
    addresses,
    buildpacks: buildpacks(config, connections),
    logFolder: config.builds.folder,
    ...credentials(connections),
    authorities: async () => (caFile === undefined ? undefined : readFile(caFile, 'utf8')),
    onLog,
    createRedactor,
    redactPieces,
  };
  const open = async (file: string | undefined) => createKubernetesPlane({ ...common, api: await openCluster(file) });
  const named = await Promise.all(
    [...config.buildPlanes].flatMap(([name, file]) =>
      file === null ? [] : [open(file).then((plane) => [name, plane] as const)],
    ),
  );
  const plane = namedPlanes(await open(kubeconfig), new Map(named));
  return { plane, sweepJobs: plane.sweep, builder: { builder: image, platforms: [platform()] } };
}

async function openLocalPlane(
  config: Config,
  connections: Connections,
  { environment, logger, onLog }: Surroundings,
): Promise<OpenPlane> {
  const { buildkitd } = config.builds;
  const detected = await detectEngine(environment, buildkitd);
  if (detected.kind === 'none') {
    const tried = detected.tried.map(({ engine, problem }) => `${engine}: ${problem}`).join('; ');
    throw new Error(`No image builder works here (${tried}). To mend it: ${builderFix(buildkitd)}`);
  }
  const plane = createLocalPlane({
    folder: config.builds.folder,
    engine: detected.engine,
    buildkitd,
    environment,
    sourceHttpHosts: config.git.httpHosts,
    allowFileSources: config.git.allowFile,
    registryHttpHosts: config.registry.httpHosts,
    registryMirrors: config.builds.registryMirrors,
    caFile: config.registry.caFile,
    buildpacks: {
      ...buildpacks(config, connections),
      detectMachine: createDetectPhaseMachine(config.builds.folder, environment),
      pullAuth: connections.pullAuth,
    },
    onLog,
    ...credentials(connections),
  });
  logger.info('image builder found', { engine: detected.engine, version: detected.version });
  const builder = { builder: `${detected.engine} ${detected.version}`, platforms: [platform()] };
  return { plane, sweepJobs: null, builder };
}

type KubernetesConfig = NonNullable<Config['kubernetes']>;

function buildpacks({ builds, registry }: Config, { pullAuth }: Connections) {
  return {
    lifecycleImage: builds.lifecycleImage,
    readImage: createReadImage({ ...registry, registryAuth: pullAuth }),
  };
}

function credentials({ openRemote, registryAuth }: Connections) {
  return {
    registryAuth,
    sourceAuthorization: async ({ repository, namespace, secretRef }: Omit<BuildRequest['source'], 'commit'>) =>
      sourceAuthorization(await openRemote(repository, 'git-token', namespace, secretRef)),
  };
}

function platform(): string {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return `linux/${architecture}`;
}
