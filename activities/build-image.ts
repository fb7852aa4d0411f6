import { activityInfo, cancellationDetails, cancellationSignal, getClient, log } from '@temporalio/activity';
import { buildRecordTag, isFresh, parseRecordAnnotations } from '../src/builds/build-record.ts';
import { decideLayerCache, type LayerCache } from '../src/builds/layer-cache.ts';
import { Failure } from '../src/failures.ts';
import type { BuildId, BuildOwner, BuildPlane } from '../src/planes/build-plane.ts';
import type { OpenRegistry, Registry } from '../src/registry/registry.ts';
import type { ImagePlan, Plan } from '../src/runs/plan.ts';
import type { ClonedSource } from './clone-source.ts';
import { tellProgress } from './heartbeats.ts';

export interface BuildDeps {
  readonly plane: BuildPlane;
  readonly openRegistry: OpenRegistry;
  /** Base images and package feeds move, so an older record counts as none. */
  readonly recordMaxAgeMs: number;
}

export interface BuiltImage {
  readonly digest: string;
  /** True when a build record of the same inputs gave it. */
  readonly reused: boolean;
}

export function createBuildSteps({ plane, openRegistry, recordMaxAgeMs }: BuildDeps) {
  return {
    /** Builds, or adopts the build of the same id that runs already; nothing is built twice. The image has no tag yet. */
    async buildImage({ plan, source, id }: BuildRequest): Promise<BuiltImage> {
      const registry = openRegistry(plan.namespace, cancellationSignal());
      const recorded = plan.settings.noCache
        ? undefined
        : await readRecord(registry, plan.image, source.inputs, recordMaxAgeMs);
      if (recorded) return { digest: recorded, reused: true };
      // A registry that would refuse the image is known before the build then.
      await registry.checkPush(plan.image);
      const request = {
        id,
        owner: ownerOf(plan),
        source: {
          repository: plan.source.repository,
          commit: source.commit,
          namespace: plan.namespace,
          secretRef: plan.source.secretRef,
        },
        plan: source.build ?? plan.build,
        job: plan.job,
        image: plan.image,
        timeoutSeconds: plan.settings.buildTimeoutSeconds,
        noCache: plan.settings.noCache,
        sourceDateEpoch: source.committedAt,
        layerCache: await findLayerCache(registry, plan, source),
      };
      try {
        const outcome = await plane.build(request, { signal: cancellationSignal(), onProgress: tellProgress });
        if (outcome.kind === 'failed') throw new Failure(outcome.type, outcome.message);
        return { digest: outcome.digest, reused: false };
      } catch (error) {
        if (cancellationSignal().aborted && (await isOver())) await plane.cancel(id, plan.job);
        throw error;
      }
    },

    /** Ends a build and removes what it left. Safe to repeat, and where there is none. */
    async cancelBuild({ id, plan }: Pick<BuildRequest, 'id' | 'plan'>): Promise<void> {
      await plane.cancel(id, plan.job);
    },
  };
}

/** What `buildImage` is asked for. */
export interface BuildRequest {
  readonly plan: Plan;
  readonly source: ClonedSource;
  readonly id: BuildId;
}

function ownerOf({ namespace, project, component, run }: Plan): BuildOwner {
  const { workflowId = '' } = activityInfo().workflowExecution ?? {};
  return { workflowId, namespace, project, component, run };
}

/** What the build does with its layer cache: none where it is switched off. */
async function findLayerCache(registry: Registry, plan: Plan, source: ClonedSource): Promise<LayerCache | undefined> {
  const name = source.layerCache;
  if (name === undefined || !plan.settings.layerCache) return undefined;
  if (plan.build.kind === 'buildpacks') return { name, read: !plan.settings.noCache, write: true };
  try {
    const stored = await registry.manifest(plan.image, name);
    const text = stored && Buffer.from(stored.bytes).toString('utf8');
    return decideLayerCache(name, text, plan.settings.noCache, new Date());
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    log.warn('the build goes without a layer cache', { reason: error.message });
    return undefined;
  }
}

/** The digest that these inputs gave not long ago, if the image is still there. */
async function readRecord(
  registry: Registry,
  image: ImagePlan,
  inputs: string,
  maxAgeMs: number,
): Promise<string | undefined> {
  const record = parseRecordAnnotations((await registry.record(image, buildRecordTag(inputs))) ?? {});
  if (!record || !isFresh(record, new Date(), maxAgeMs)) return undefined;
  return (await registry.manifest(image, record.digest))?.digest;
}

/** Does the cancellation mean the run's end? A worker that stops, or an attempt that timed out, leaves the build to the next attempt. */
async function isOver(): Promise<boolean> {
  const details = cancellationDetails();
  if (details?.cancelRequested) return true;
  if (!details?.notFound) return false;
  const { workflowExecution } = activityInfo();
  if (!workflowExecution) return false;
  // "Not found" also comes when another attempt runs already; only a closed run is over.
  const run = await getClient().workflow.getHandle(workflowExecution.workflowId, workflowExecution.runId).describe();
  return run.status.name !== 'RUNNING';
}
