import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  log,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import type { ClonedSource } from '../activities/clone-source.ts';
import type { Resolved } from '../activities/resolve-run.ts';
import type { Plan } from '../src/runs/plan.ts';
import type { RunEnd } from '../src/runs/queue.ts';
import type { RunResult } from '../src/runs/status.ts';
import { identity, labelRun } from './attributes.ts';
import { buildAndPush } from './build-phase.ts';
import { type CommitStatuses, prepareCommitStatuses } from './commit-status.ts';
import { type Progress, trackProgress } from './progress.ts';
import { brief, early, transfer } from './proxies.ts';
import { generate, type Inputs, publish } from './release-phase.ts';
import { stepFailure } from './step-failure.ts';
import { tellEnd } from './tell-run.ts';
import { prepareTurn, type Turn } from './turn.ts';

// A mistake of ours in workflow code fails the run, visibly, instead of leaving it stuck.
setWorkflowOptions({ failureExceptionTypes: [Error] }, buildAndRelease);

/** One build-and-release of one component at one commit. Takes the ComponentWorkflowRun as it is; `resolveRun` judges it. */
export async function buildAndRelease(run: unknown): Promise<RunResult> {
  const progress = trackProgress();
  return tellEnd(progress, () => goThrough(run, progress));
}

async function goThrough(run: unknown, progress: Progress): Promise<RunResult> {
  const turn = prepareTurn();
  const statuses = prepareCommitStatuses(progress);
  const resolved = await progress.step('resolveRun', 'find and check what the run asks for', { run });
  const { plan } = resolved;
  progress.know({ component: `${plan.namespace}/${plan.project}/${plan.component}` });
  progress.warn(plan.warnings);
  let end: RunEnd = 'failed';
  let inputs: Inputs | null = null;
  try {
    inputs = { resolved, source: await cloneSource(plan, progress) };
    labelRun(resolved, { ...identity(plan), SlipwayPhase: 'build', SlipwayCommit: inputs.source.commit });
    statuses.begin(inputs);
    const result = await release(inputs, turn, progress);
    end = result.outcome;
    return result;
  } catch (error) {
    const superseded = turn.supersededBy();
    // A cancelled step whose worker is gone ends as a time-out, so the error alone does not tell.
    const cancelled = isCancellation(error) || CancellationScope.current().consideredCancelled;
    end = superseded ? 'superseded' : cancelled ? 'cancelled' : 'failed';
    if (inputs && superseded) return { ...soFar(inputs, progress), outcome: 'superseded', superseded };
    throw asFailureOfRun(error);
  } finally {
    await CancellationScope.nonCancellable(() => finish({ resolved, inputs, end, turn, statuses, progress }));
  }
}

async function cloneSource(plan: Plan, progress: Progress): Promise<ClonedSource> {
  const { repository, branch, commit } = plan.source;
  const source = await progress.step('cloneSource', `${repository} at ${commit ?? branch}`, { plan }, transfer);
  progress.know({ commit: source.commit });
  progress.warn(source.warnings);
  return source;
}

async function release(inputs: Inputs, turn: Turn, progress: Progress): Promise<RunResult> {
  const { resolved, source } = inputs;
  const prepared = await turn.beforeCommit(async () => {
    await checkRelease(inputs, progress); // first, so that a run that must fail supersedes nobody
    await turn.take(resolved.plan, source.commit, progress);
    const image = await buildAndPush(inputs, progress);
    labelRun(resolved, { SlipwayPhase: 'release' });
    return generate(inputs, image, progress);
  });
  const { generated, image } = prepared;
  const { release, binding, environment } = generated;
  const facts = { image: image.reference, release, binding, environment };
  if (generated.unchanged) return { ...soFar(inputs, progress), ...facts, outcome: 'unchanged' };
  turn.commit();
  const published = await publish(inputs, prepared, progress);
  return { ...soFar(inputs, progress), ...facts, ...published };
}

/** Ends the run early where its release cannot succeed. What may pass until the image is there is left to the later steps. */
async function checkRelease({ resolved: { plan }, source }: Inputs, progress: Progress): Promise<void> {
  const { commit, descriptor } = source;
  const { workflowId } = workflowInfo();
  await progress
    .step(
      'checkRelease',
      `${plan.gitops.repository} at ${plan.gitops.branch}`,
      { plan, source: { commit }, descriptor, workflowId },
      early,
    )
    .catch((error: unknown) => {
      if (isCancellation(error) || stepFailure(error)?.nonRetryable) throw error;
      log.warn('release not checked before the build', { error });
    });
}

/** A failed run shows the step's own type and message, not that some activity failed. */
function asFailureOfRun(error: unknown): unknown {
  const failure = stepFailure(error);
  if (!failure || !(error instanceof Error)) return error;
  const { type, message } = failure;
  return ApplicationFailure.create({ type: type ?? 'Error', message, nonRetryable: true, cause: error });
}

/** What is known at this point, whichever way the run ends. */
function soFar({ source }: Inputs, progress: Progress): Omit<RunResult, 'outcome'> {
  return {
    commit: source.commit,
    image: progress.status().image,
    release: null,
    binding: null,
    environment: null,
    branch: null,
    pullRequest: progress.status().pullRequest,
    superseded: null,
    warnings: progress.status().warnings,
  };
}

interface Finish {
  readonly resolved: Resolved;
  /** Null where the run ended before its commit was known. */
  readonly inputs: Inputs | null;
  readonly end: RunEnd;
  readonly turn: Turn;
  readonly statuses: CommitStatuses;
  readonly progress: Progress;
}

/** Takes back what was not released, lets the next run go, and reports. Never throws: the run's own end stands. */
async function finish({ resolved, inputs, end, turn, statuses, progress }: Finish): Promise<void> {
  labelRun(resolved, { ...identity(resolved.plan), SlipwayPhase: 'done', SlipwayOutcome: end });
  if (!inputs) return;
  const gaveUp = end === 'failed' || end === 'cancelled';
  const touched = progress.status().steps.some(({ name }) => name === 'commitAndPush');
  if (gaveUp && touched) await withdraw(inputs, end, progress);
  await Promise.all([turn.end(end), statuses.end(inputs, end)]);
}

/** What it cannot take back now, a later sweep does. */
async function withdraw({ resolved }: Inputs, end: 'failed' | 'cancelled', progress: Progress): Promise<void> {
  const { workflowId, startTime } = workflowInfo();
  const input = { plan: resolved.plan, startedAt: startTime.getTime(), workflowId, end };
  await progress
    .step('withdrawRelease', 'take back the branch', input, brief)
    .catch((error: unknown) => log.warn('branch not taken back', { error }));
}
