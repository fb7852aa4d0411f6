import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../failures.ts';
import type { RedactedPieces } from '../../secrets/redact.ts';
import type { BuildPlane, BuildRequest, OnLog } from '../build-plane.ts';
import { type BuildpacksOptions, type ChosenPhases, choosePhases } from '../buildpacks/choose-phases.ts';
import { buildFiles, buildFolder } from '../local/build-folder.ts';
import { type StepRequest, toStepRequest } from '../steps/step-request.ts';
import { type Addresses, authWithAddresses, withAddresses } from './addresses.ts';
import type { KubeApi } from './api/kube-api.ts';
import type { Job } from './api/kube-objects.ts';
import type { JobSecrets, JobSettings } from './job-manifest.ts';
import { buildMark, jobAnnotations, jobName, ourJobs } from './job-names.ts';
import { type JobState, jobState } from './job-state.ts';
import { judgeJob } from './judge-job.ts';
import { copyLog } from './log-copy.ts';
import { podPaths } from './pod-paths.ts';
import { secretTexts } from './secret-texts.ts';
import { type Submission, submitJob } from './submit-job.ts';
import { type WaitPace, waitForJob } from './wait-for-job.ts';

export interface KubernetesPlaneOptions {
  readonly api: KubeApi;
  readonly job: JobSettings;
  /** Where Jobs are whose run template names no namespace. */
  readonly namespace: string;
  /** `host[:port]` of the source repositories that may be fetched without TLS. */
  readonly sourceHttpHosts: readonly string[];
  /** `host[:port]` of the registries that speak plain http, for base images too. */
  readonly registryHttpHosts: readonly string[];
  /** Registry host → registries that are asked before it for base images. */
  readonly registryMirrors: Readonly<Record<string, readonly string[]>>;
  readonly addresses: Addresses;
  readonly buildpacks: BuildpacksOptions;
  /** Folder for copies of logs, one folder a build; absolute. */
  readonly logFolder: string;
  /** How a source repository lets a build in, see `src/builds/source-authorization.ts`, or undefined; called for each try. */
  sourceAuthorization(source: Omit<BuildRequest['source'], 'commit'>): Promise<string | undefined>;
  /** Text of a docker `config.json` (secret `registry-auth`), or undefined where there is none; called for each try. */
  registryAuth(namespace: string): Promise<string | undefined>;
  /** PEM text of further certificate authorities, or undefined for none; called for each try. */
  authorities(): Promise<string | undefined>;
  /** Makes the function that takes these secrets out of a text. */
  createRedactor(secrets: readonly string[]): (text: string) => string;
  /** The same for a text that comes in pieces. */
  redactPieces(secrets: readonly string[]): RedactedPieces;
  readonly onLog?: OnLog | undefined;
  readonly pace?: WaitPace;
}

export interface KubernetesPlane extends BuildPlane {
  /**
   * Deletes Jobs that have not ended and that nobody wants any more; says how many. Ended ones stay for their time, as their logs
   * may be looked at. Safe to repeat.
   */
  sweep(isWanted: (build: KnownBuild) => Promise<boolean>): Promise<number>;
}

/** A build as its Job tells it. */
export interface KnownBuild {
  readonly workflowId: string;
  readonly execution: string;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
}

const removalMs = 60_000;
const pollMs = 500;

/** Builds as Jobs of a cluster, each found again by any worker. */
export function createKubernetesPlane(options: KubernetesPlaneOptions): KubernetesPlane {
  const { api, pace } = options;
  const namespaceOf = (given: string | null): string => given ?? options.namespace;

  return {
    async build(request, { signal, onProgress }) {
      const secrets = await readSecrets(request, options);
      const hidden = secretTexts(secrets);
      const parts = {
        request,
        steps: stepRequest(request, secrets, options),
        phases: await phasesFor(request, options, signal),
        settings: options.job,
        namespace: namespaceOf(request.job.namespace),
      };
      const job = await startJob(api, { parts, secrets }, signal);
      const file = path.join(buildFolder(options.logFolder, request.id), buildFiles.log);
      const log = copyLog(api, job.metadata, file, options.redactPieces(hidden));
      let shown = '';
      const onState = (state: JobState): void => {
        if (state.kind !== 'waiting') log.begin();
        const progress = progressText(state);
        if (progress !== undefined && progress !== shown) onProgress(progress);
        shown = progress ?? shown;
      };
      try {
        const state = await waitForJob(api, job.metadata, { signal, onState, ...(pace && { pace }) });
        // What is lost or refused would go on taking room, as nothing ends it.
        if (state.kind !== 'ended') await api.deleteJob(job, signal);
        const outcome = await judgeJob(api, job, state, request);
        if (outcome.kind === 'built') return outcome;
        return { ...outcome, message: options.createRedactor(hidden)(outcome.message) };
      } finally {
        const ended = log.end();
        if (options.onLog !== undefined) await ended.then(() => options.onLog?.(request, file));
      }
    },

    async cancel(id, place) {
      const [namespace, name] = [namespaceOf(place.namespace), jobName(id)];
      const signal = AbortSignal.timeout(removalMs);
      try {
        const job = await api.getJob(namespace, name, signal);
        if (job?.metadata.annotations[jobAnnotations.build] === buildMark(id)) await removeJob(api, job, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
        throw podsLeft(namespace, name, error);
      }
    },

    async sweep(isWanted) {
      const signal = AbortSignal.timeout(removalMs);
      const jobs = (await api.listJobs(ourJobs, signal)).filter((job) => !hasEnded(job));
      let deleted = 0;
      for (const job of jobs) {
        const { annotations, creationTimestamp, deletionTimestamp } = job.metadata;
        const workflowId = annotations[jobAnnotations.workflowId];
        const [execution] = annotations[jobAnnotations.build]?.split('/') ?? [];
        if (workflowId === undefined || execution === undefined || deletionTimestamp !== undefined) continue;
        if (await isWanted({ workflowId, execution, madeAt: Date.parse(creationTimestamp) })) continue;
        await api.deleteJob(job, signal);
        deleted += 1;
      }
      return deleted;
    },
  };
}

/** A build that ended with a reason that may pass is tried again when it is asked for again; any other end stays. */
async function startJob(api: KubeApi, submission: Submission, signal: AbortSignal): Promise<Job> {
  const { job, isNew } = await submitJob(api, submission, signal);
  if (isNew) return job;
  const { pods } = await api.listPods(job.metadata.namespace, job.metadata.name, signal);
  const state = jobState({ job, pods, events: [] }, Date.now());
  if (state.kind !== 'ended') return job;
  const outcome = await judgeJob(api, job, state, submission.parts.request);
  if (outcome.kind === 'built' || (outcome.type !== 'Unavailable' && outcome.type !== 'AccessDenied')) return job;
  await removeJob(api, job, signal);
  return (await submitJob(api, submission, signal)).job;
}

/** Returns when the Job and its pods are gone. */
async function removeJob(api: KubeApi, job: Job, signal: AbortSignal): Promise<void> {
  const { namespace, name, uid } = job.metadata;
  try {
    await api.deleteJob(job, signal);
    // Deleted in the foreground: a Job goes after its pods.
    while ((await api.getJob(namespace, name, signal))?.metadata.uid === uid)
      await sleep(pollMs, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw podsLeft(namespace, name, error);
  }
}

function podsLeft(namespace: string, name: string, cause: unknown): Failure {
  const text = `The pods of the Job ${namespace}/${name} have not ended within ${removalMs / 1000} s. Look at their node.`;
  return new Failure('Unavailable', text, { cause });
}

const hasEnded = ({ status }: Job): boolean =>
  status.conditions.some(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True');

function progressText(state: JobState): string | undefined {
  if (state.kind === 'waiting') return `waiting for ${state.reason}`;
  return state.kind === 'running' ? state.container : undefined;
}

async function readSecrets({ source }: BuildRequest, options: KubernetesPlaneOptions): Promise<JobSecrets> {
  const registryAuth = await options.registryAuth(source.namespace);
  return {
    sourceAuthorization: await options.sourceAuthorization(source),
    registryAuth: registryAuth === undefined ? undefined : authWithAddresses(registryAuth, options.addresses),
    authorities: await options.authorities(),
  };
}

async function phasesFor(
  request: BuildRequest,
  options: KubernetesPlaneOptions,
  signal: AbortSignal,
): Promise<ChosenPhases | undefined> {
  if (request.plan.kind !== 'buildpacks') return undefined;
  const surroundings = { ...options, ...options.buildpacks, report: podPaths.terminationLog };
  return choosePhases(request, request.plan, surroundings, signal);
}

function stepRequest(request: BuildRequest, { authorities }: JobSecrets, options: KubernetesPlaneOptions): StepRequest {
  const { job, sourceHttpHosts, registryHttpHosts, registryMirrors, addresses } = options;
  // Buildah has no cache that could be fetched and stored.
  const layerCache = job.profile === 'buildkit' ? request.layerCache : undefined;
  // The variables of a build are files of the phases: one variable of a program could not hold them all.
  const plan = request.plan.kind === 'buildpacks' ? { ...request.plan, env: [] } : request.plan;
  const steps = toStepRequest(
    { ...request, plan, layerCache },
    {
      engine: job.profile,
      storageDriver: 'overlay',
      sourceHttpHosts,
      allowFileSources: false,
      registryHttpHosts,
      registryMirrors,
      caFile: authorities === undefined ? undefined : podPaths.authorities,
    },
  );
  return withAddresses(steps, addresses);
}
