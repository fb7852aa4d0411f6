import type { StepDeps } from '../activities/index.ts';
import type { Config } from './config.ts';
import { type Connections, type ConnectionWatch, openConnections, openLogStore, openSecrets } from './connections.ts';
import type { Logger } from './logger.ts';
import { keepLog } from './logs/keep-log.ts';
import { openPlane } from './open-plane.ts';
import type { BuildRequest, OnLog } from './planes/build-plane.ts';
import { committer } from './runs/commit-message.ts';
import { createKnownSecrets, type KnownSecrets } from './secrets/known-secrets.ts';
import { findAutomaticRun, lastRequested } from './temporal/last-requested.ts';
import { startRun } from './temporal/start-run.ts';
import { createFindCandidates } from './webhooks/candidates.ts';

type Assembled = Omit<StepDeps, 'buildTaskQueue' | 'searchAttributes' | 'temporalUi'>;

/** Puts the steps' implementations together as the configuration says. Throws where no image builder works. `lifetime`: that of the worker. */
export async function assembleSteps(
  config: Config,
  logger: Logger,
  lifetime: AbortSignal,
  known: KnownSecrets = createKnownSecrets(),
  watch: Omit<ConnectionWatch, 'secret'> = {},
): Promise<Assembled> {
  const environment = process.env;
  const secrets = known.watch(openSecrets(config, environment));
  const connections = openConnections(config, secrets, lifetime, { ...watch, secret: known.add });
  const logStore = openLogStore(config.logStore, secrets);
  const onLog: OnLog | undefined =
    logStore === null
      ? undefined
      : async (request, file) => {
          const { id, owner } = request;
          const build = { namespace: owner.namespace, run: owner.run, ...id };
          await keepLog(logStore, build, file, () => piecesFor(request, connections, known), logger);
        };
  const { plane, builder, sweepJobs } = await openPlane(config, connections, { environment, logger, lifetime, onLog });
  return {
    catalog: connections.catalog,
    planDefaults: connections.planDefaults,
    findCandidates: createFindCandidates(connections.planDefaults.flows),
    hosts: config.repositoryHosts,
    startRun,
    lastRequested,
    findAutomaticRun,
    openRemote: connections.openRemote,
    openMirror: connections.openMirror,
    sources: connections.sources,
    openForge: connections.openForge,
    openRegistry: connections.openRegistry,
    resolveImage: connections.resolveImage,
    plane,
    builder,
    sweepJobs,
    recordMaxAgeMs: config.builds.recordMaxAgeMs,
    committerEmail: committer.email,
    keepBranchDays: config.keep.branchDays,
    keepCacheDays: config.keep.cacheDays,
    keepLogDays: config.keep.logDays,
    logStore,
  };
}

/** What leaves out the build's own credentials too, which another worker may have read. */
async function piecesFor(
  { source }: BuildRequest,
  { openRemote, registryAuth, pullAuth }: Connections,
  known: KnownSecrets,
) {
  const { repository, namespace, secretRef } = source;
  await Promise.allSettled([
    openRemote(repository, 'git-token', namespace, secretRef),
    registryAuth(namespace),
    pullAuth(namespace),
  ]);
  return known.pieces();
}
