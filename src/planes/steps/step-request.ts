import { z } from 'zod';
import { BuildPlan } from '../../builds/build-plan.ts';
import { engineNames } from '../../builds/engine-commands.ts';
import type { BuildRequest } from '../build-plane.ts';

/** What the step programs are asked for, on every plane. Holds no secret: it stays as long as the log, and is readable in a Job. */
export const StepRequest = z.object({
  id: z.object({ execution: z.string(), ordinal: z.int() }),
  source: z.object({ repository: z.string(), commit: z.string().regex(/^[0-9a-f]{40}$/), namespace: z.string() }),
  plan: BuildPlan,
  image: z.object({ registry: z.string(), name: z.string(), tag: z.string() }),
  timeoutSeconds: z.number().positive(),
  noCache: z.boolean(),
  sourceDateEpoch: z.int(),
  layerCache: z.object({ name: z.string(), read: z.boolean(), write: z.boolean() }).optional(),
  engine: z.enum(engineNames),
  storageDriver: z.enum(['vfs', 'overlay']),
  /** Where a BuildKit daemon listens that builds share: `unix://…` or `tcp://…`. */
  buildkitd: z.string().optional(),
  sourceHttpHosts: z.array(z.string()).readonly(),
  allowFileSources: z.boolean(),
  registryHttpHosts: z.array(z.string()).readonly(),
  /** Registry host → `host[:port][/prefix]` of the registries that are asked before it for base images. */
  registryMirrors: z.record(z.string(), z.array(z.string()).readonly()).readonly(),
  caFile: z.string().optional(),
  /** Folder for downloaded packages that outlive a build, where the plane has one; absolute. */
  storesFolder: z.string().optional(),
});
export type StepRequest = z.infer<typeof StepRequest>;

/** The part of a step request that the plane's own settings decide. */
export type StepSettings = Omit<StepRequest, keyof BuildRequest>;

/** The step request for a build on a plane with these settings. */
export function toStepRequest(request: BuildRequest, settings: StepSettings): StepRequest {
  const { id, source, plan, image, timeoutSeconds, noCache, sourceDateEpoch, layerCache } = request;
  return { id, source, plan, image, timeoutSeconds, noCache, sourceDateEpoch, layerCache, ...settings };
}
