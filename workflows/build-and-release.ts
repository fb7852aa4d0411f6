import { CancellationScope, isCancellation, log, setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import type { ClonedSource } from '../activities/clone-source.ts';
import type { Resolved } from '../activities/resolve-run.ts';
import type { Plan } from '../src/runs/plan.ts';
import type { RunEnd } from '../src/runs/queue.ts';
import type { RunResult } from '../src/runs/status.ts';
import { identity, labelRun } from './attributes.ts';
import { buildAndPush } from './build-phase.ts';
import { type Progress, trackProgress } from './progress.ts';
import { brief, transfer } from './proxies.ts';
import { generate, type Inputs, publish } from './release-phase.ts';
import { prepareTurn, type Turn } from './turn.ts';

// A mistake of ours in workflow code fails the run, visibly, instead of leaving it stuck.
setWorkflowOptions({ failureExceptionTypes: [Error] }, buildAndRelease);

/** One build-and-release of one component at one commit. Takes the ComponentWorkflowRun as it is; `resolveRun` judges it. */
export async function buildAndRelease(run: unknown): Promise<RunResult> {
  const progress = trackProgress();
  const turn = prepareTurn();
  const resolved = await progress.step('resolveRun', 'find and check what the run asks for', { run });
  const { plan } = resolved;
  progress.know({ component: `${plan.namespace}/${plan.project}/${plan.component}` });
  progress.warn(plan.warnings);
  labelRun(resolved, { ...identity(plan), SlipwayPhase: 'build' });

  let end: RunEnd = 'failed';
  let inputs: Inputs | null = null;
  try {
    inputs = { resolved, source: await cloneSource(plan, progress) };
    labelRun(resolved, { SlipwayCommit: inputs.source.commit });
    const result = await release(inputs, turn, progress);
    end = result.outcome;
    return result;
  } catch (error) {
    const superseded = turn.supersededBy(error);
    end = superseded ? 'superseded' : isCancellation(error) ? 'cancelled' : 'failed';
    if (inputs && superseded) return { ...soFar(inputs, progress), outcome: 'superseded', superseded };
    throw error;
  } finally {
    await CancellationScope.nonCancellable(() => finish(resolved, inputs, end, turn, progress));
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
    await Promise.all([
      turn.take(resolved.plan, source.commit, progress),
      report(inputs, 'pending', 'building', progress),
    ]);
    const image = await buildAndPush(inputs, progress);
    labelRun(resolved, { SlipwayPhase: 'release' });
    return generate(inputs, image, progress);
  });
  const { generated, image } = prepared;
  const facts = { image: image.reference, release: generated.release, environment: generated.environment };
  if (generated.unchanged) return { ...soFar(inputs, progress), ...facts, outcome: 'unchanged' };
  turn.commit();
  const published = await publish(inputs, prepared, progress);
  return { ...soFar(inputs, progress), ...facts, ...published };
}

/** What is known at this point, whichever way the run ends. */
function soFar({ source }: Inputs, progress: Progress): Omit<RunResult, 'outcome'> {
  return {
    commit: source.commit,
    image: progress.status().image,
    release: null,
    environment: null,
    branch: null,
    pullRequest: progress.status().pullRequest,
    superseded: null,
    warnings: progress.status().warnings,
  };
}

/** Lets the next run go, takes back what was not released, and reports. Never throws: the run's own end stands. */
async function finish(
  resolved: Resolved,
  inputs: Inputs | null,
  end: RunEnd,
  turn: Turn,
  progress: Progress,
): Promise<void> {
  labelRun(resolved, { SlipwayPhase: 'done', SlipwayOutcome: end });
  if (
    inputs &&
    (end === 'failed' || end === 'cancelled') &&
    progress.status().steps.some(({ name }) => name === 'commitAndPush')
  ) {
    await withdraw(inputs, end, progress);
  }
  await turn.end(end);
  if (inputs) await report(inputs, stateOf(end), descriptionOf(end, progress), progress);
}

/** What it cannot take back now, a later sweep does. */
async function withdraw({ resolved }: Inputs, end: 'failed' | 'cancelled', progress: Progress): Promise<void> {
  const { workflowId, startTime } = workflowInfo();
  const input = { plan: resolved.plan, startedAt: startTime.getTime(), workflowId, end };
  await progress
    .step('withdrawRelease', 'take back the branch', input, brief)
    .catch((error: unknown) => log.warn('branch not taken back', { error }));
}

/** Best effort: a commit status never fails a run. */
async function report(
  { resolved, source }: Inputs,
  state: 'pending' | 'success' | 'failure' | 'error',
  description: string,
  progress: Progress,
): Promise<void> {
  const { plan, link } = resolved;
  const url = progress.status().pullRequest?.url ?? link;
  await progress
    .step(
      'reportStatus',
      `${state} on ${source.commit.slice(0, 8)}`,
      { plan, commit: source.commit, state, description, url },
      brief,
    )
    .catch((failure: unknown) => log.warn('status not reported', { failure }));
}

function stateOf(end: RunEnd) {
  if (end === 'failed') return 'failure';
  return end === 'cancelled' ? 'error' : 'success';
}

function descriptionOf(end: RunEnd, progress: Progress): string {
  const { pullRequest, steps } = progress.status();
  const failed = steps.find(({ state }) => state === 'failed');
  if (end === 'failed') return `failed${failed ? ` in ${failed.name}` : ''}`;
  return pullRequest ? `${end}, pull request #${pullRequest.number}` : end;
}
