import { CancellationScope, log, workflowInfo } from '@temporalio/workflow';
import type { BuiltImage } from '../activities/build-image.ts';
import type { PublishedImage } from '../activities/push-image.ts';
import { controlTaskQueue } from '../src/temporal/names.ts';
import type { Progress } from './progress.ts';
import { brief } from './proxies.ts';
import type { Inputs } from './release-phase.ts';
import { stepFailure } from './step-failure.ts';

/** A build lost to its infrastructure is started anew, as another build, so often. */
const MAX_BUILDS = 3;
/** What an attempt may need beyond the build's own deadline: waiting for quota or a node (in one attempt only minutes), a worker's restart. */
const MARGIN_SECONDS = 15 * 60;

/** Gives the run's image: a recorded one of the same inputs, or a new build; published under the run's tag. */
export async function buildAndPush(inputs: Inputs, progress: Progress): Promise<PublishedImage> {
  const { plan } = inputs.resolved;
  const built = await build(inputs, progress);
  const image = await progress.step('pushImage', `${plan.image.registry}/${plan.image.name}`, {
    plan,
    source: inputs.source,
    built,
  });
  progress.know({ image: image.reference });
  return image;
}

async function build(inputs: Inputs, progress: Progress): Promise<BuiltImage> {
  for (let ordinal = 1; ; ordinal++) {
    try {
      return await buildOnce(inputs, ordinal, progress);
    } catch (error) {
      if (stepFailure(error)?.type !== 'BuildInfrastructure' || ordinal === MAX_BUILDS) throw error;
      log.warn('build lost, starting another', { ordinal, error });
    }
  }
}

async function buildOnce({ resolved, source }: Inputs, ordinal: number, progress: Progress): Promise<BuiltImage> {
  const { plan, buildTaskQueue } = resolved;
  const id = { execution: workflowInfo().firstExecutionRunId, ordinal };
  const seconds = plan.settings.buildTimeoutSeconds + MARGIN_SECONDS;
  const { build } = plan;
  const summary = `${build.kind} ${build.kind === 'docker' ? build.dockerfile : build.app}`;
  try {
    return await progress.step(
      'buildImage',
      ordinal === 1 ? summary : `${summary}, build ${ordinal}`,
      { plan, source, id },
      {
        taskQueue: buildTaskQueue,
        startToCloseTimeout: `${seconds} seconds`,
        priority: { fairnessKey: plan.project.slice(0, 64) },
      },
    );
  } catch (error) {
    // The step ends its build itself when it can; this is for a worker that died meanwhile.
    if (CancellationScope.current().consideredCancelled) {
      await CancellationScope.nonCancellable(() =>
        progress.step(
          'cancelBuild',
          'end the build',
          { id, plan },
          { ...brief, taskQueue: controlTaskQueue(buildTaskQueue) },
        ),
      ).catch((failure: unknown) => log.warn('build not ended', { failure }));
    }
    throw error;
  }
}
