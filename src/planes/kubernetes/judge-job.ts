import { type BuildAdvice, describeEnd } from '../../builds/describe-end.ts';
import { Failure } from '../../failures.ts';
import type { JobPlan } from '../../runs/plan.ts';
import type { BuildOutcome, BuildRequest } from '../build-plane.ts';
import { afterLastHeading } from '../steps/step-heading.ts';
import type { KubeApi } from './api/kube-api.ts';
import type { Job } from './api/kube-objects.ts';
import type { FinalState } from './wait-for-job.ts';

const logTailMs = 5000;

/** What a Job's last state means for its run. Throws `PolicyRejected` where the cluster refuses its pod. */
export async function judgeJob(
  api: KubeApi,
  job: Job,
  state: FinalState,
  request: BuildRequest,
): Promise<BuildOutcome> {
  const { namespace } = job.metadata;
  if (state.kind === 'refused') {
    const text = `The cluster does not allow the build's pod in namespace ${namespace}: ${state.reason} Build in a namespace whose rules allow it; deploy/rbac has one.`;
    throw new Failure('PolicyRejected', text);
  }
  if (state.kind === 'lost') {
    return { kind: 'failed', type: 'BuildInfrastructure', message: `The build was lost: ${state.reason}.` };
  }
  if (state.end.kind === 'pushed') return { kind: 'built', digest: state.end.digest };
  const log = (await logOf(api, job, state.container)) || state.text;
  return describeEnd(state.end, request, afterLastHeading(log), advice(request.job));
}

const advice = ({ memory, storage }: JobPlan): BuildAdvice => ({
  memory: `Let the build use less, or raise the parameter slipway-memory of the ComponentWorkflow (now ${memory}).`,
  disk: `Raise the parameter slipway-storage of the ComponentWorkflow (now ${storage})`,
});

/** The last of what a container printed; empty where it is gone, and never a reason to wait. */
async function logOf(api: KubeApi, { metadata }: Job, container: string): Promise<string> {
  const signal = AbortSignal.timeout(logTailMs);
  let log = '';
  try {
    const [pod] = (await api.listPods(metadata.namespace, metadata.name, signal)).pods;
    if (pod === undefined) return '';
    for await (const line of api.podLog(metadata.namespace, pod.metadata.name, container, { tailLines: 200 }, signal)) {
      log += line;
    }
  } catch {
    return log;
  }
  return log;
}
