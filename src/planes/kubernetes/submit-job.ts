import { randomBytes } from 'node:crypto';
import { Failure } from '../../failures.ts';
import type { BuildRequest } from '../build-plane.ts';
import type { KubeApi } from './api/kube-api.ts';
import type { Job } from './api/kube-objects.ts';
import { variableSecrets, variablesOf } from './buildpacks/variables.ts';
import { type JobParts, type JobSecrets, jobManifest } from './job-manifest.ts';
import { buildMark, jobAnnotations, jobName } from './job-names.ts';
import { jobSecret } from './job-secret.ts';

export interface Submission {
  readonly parts: Omit<JobParts, 'secretName' | 'has'>;
  readonly secrets: JobSecrets;
}

/**
 * Gives the build's Job, let go: makes it, or takes the one that is there further; `isNew` where it had not been let go before. Each of its steps may be the last of an
 * earlier attempt. Throws `ReleaseConflict` where the Job of that name is none of this build.
 */
export async function submitJob(
  api: KubeApi,
  { parts, secrets }: Submission,
  signal: AbortSignal,
): Promise<{ readonly job: Job; readonly isNew: boolean }> {
  const { request, namespace } = parts;
  const has = {
    sourceAuthorization: secrets.sourceAuthorization !== undefined,
    registryAuth: secrets.registryAuth !== undefined,
    authorities: secrets.authorities !== undefined,
  };
  // A name that nobody could know before, and that no other Job mounts.
  const secretName = `${jobName(request.id)}-${randomBytes(4).toString('hex')}`;
  const made = await api.createJob(namespace, jobManifest({ ...parts, has, secretName }), signal);
  const job = made ?? (await adoptJob(api, request, namespace, signal));
  if (!job.spec.suspend) return { job, isNew: false };
  const variables = variableSecrets(variablesOf(request));
  if (Object.values(has).includes(true) || Object.keys(variables).length > 0) {
    const name = job.metadata.annotations[jobAnnotations.secret] ?? secretName;
    await api.createSecret(namespace, jobSecret(job, name, secrets, variables), signal);
  }
  if (!(await api.unsuspendJob(namespace, job.metadata.name, signal))) throw going(job);
  return { job, isNew: true };
}

async function adoptJob(api: KubeApi, { id }: BuildRequest, namespace: string, signal: AbortSignal): Promise<Job> {
  const name = jobName(id);
  const job = await api.getJob(namespace, name, signal);
  if (job === undefined) throw new Failure('Unavailable', `The Job ${namespace}/${name} went away just now.`);
  if (job.metadata.annotations[jobAnnotations.build] !== buildMark(id)) {
    const text = `There is a Job ${namespace}/${name} that is not this build's: its annotation ${jobAnnotations.build} says another one. Find out who made it, delete it, and retry the run.`;
    throw new Failure('ReleaseConflict', text);
  }
  if (job.metadata.deletionTimestamp !== undefined) throw going(job);
  return job;
}

function going({ metadata: { namespace, name } }: Job): Failure {
  return new Failure('Unavailable', `The Job ${namespace}/${name} is being deleted.`, { retryAfterMs: 2000 });
}
