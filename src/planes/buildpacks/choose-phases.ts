import { z } from 'zod';
import type { BuildPlan } from '../../builds/build-plan.ts';
import { readBuilderMetadata, readLifecycleApis } from '../../builds/buildpacks/builder-metadata.ts';
import { orderToml } from '../../builds/buildpacks/order.ts';
import { PhaseSettings } from '../../builds/buildpacks/phases.ts';
import { choosePlatformApi } from '../../builds/buildpacks/platform-api.ts';
import { hostOf, mirrorsOf, withHost } from '../../builds/image-hosts.ts';
import { Failure } from '../../failures.ts';
import type { FoundImage, ReadImage } from '../../registry/registry.ts';
import type { BuildRequest } from '../build-plane.ts';

export type BuildpacksPlan = Extract<BuildPlan, { kind: 'buildpacks' }>;

/** The phases of one build, and their images by digest. All names are as builds reach them. */
export const ChosenPhases = z.object({
  settings: PhaseSettings,
  /** Chosen by the user, so it gets no credential. */
  builderImage: z.string(),
  lifecycleImage: z.string(),
});
export type ChosenPhases = Readonly<z.infer<typeof ChosenPhases>>;

/** What a plane's settings say about builds by buildpacks. */
export interface BuildpacksOptions {
  /** Image of the phases that hold credentials. */
  readonly lifecycleImage: string;
  readonly readImage: ReadImage;
}

export interface PhaseSurroundings extends BuildpacksOptions {
  /** `host[:port]` of the registries that speak plain http. */
  readonly registryHttpHosts: readonly string[];
  /** Registry host → registries that are asked before it. */
  readonly registryMirrors: Readonly<Record<string, readonly string[]>>;
  /** `host[:port]` as the worker reaches it → as builds do. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Where `export` leaves its report. */
  readonly report: string;
}

/** Tag of the newest image of a component: the next build takes from it the layers that stayed the same. */
const newestTag = 'slipway-buildpacks';

/**
 * Decides on a build's phases by what its builder image says of itself. Throws `BuildFailed` where the builder cannot be
 * used, `DescriptorInvalid` where it does not hold the buildpacks that `project.toml` names, and what reading an image throws.
 */
export async function choosePhases(
  { image, source, layerCache }: BuildRequest,
  plan: BuildpacksPlan,
  surroundings: PhaseSurroundings,
  signal: AbortSignal,
): Promise<ChosenPhases> {
  const { registryHttpHosts, registryMirrors, addresses } = surroundings;
  const find = (reference: string, from: string): Promise<NamedImage> =>
    findImage(reference, mirrorsOf(reference, registryMirrors), from, (one) =>
      surroundings.readImage(one, source.namespace, signal),
    );
  const there = (reference: string): string => withHost(reference, (host) => addresses.get(host) ?? host);
  const [builder, lifecycle] = await Promise.all([
    find(plan.builderImage, 'the parameter builder-image'),
    find(surroundings.lifecycleImage, 'the setting SLIPWAY_LIFECYCLE_IMAGE'),
  ]);
  const { runImage: named, ...metadata } = readBuilderMetadata(builder.config, plan.builderImage);
  if (named === undefined) {
    const text = `The builder image ${plan.builderImage} names no run image, so nothing is known to start the application on. Check the parameter builder-image.`;
    throw new Failure('BuildFailed', text);
  }
  const isMirrored = mirrorsOf(named, registryMirrors).length > 0;
  const runImage = isMirrored ? (await find(named, 'the parameter builder-image, whose run image it is')).name : named;
  const repository = `${image.registry}/${image.name}`;
  const plainHttp = [...new Set([image.registry, hostOf(runImage)])].filter((host) => registryHttpHosts.includes(host));
  return {
    builderImage: there(builder.reference),
    lifecycleImage: there(lifecycle.reference),
    settings: {
      api: choosePlatformApi({
        builderImage: plan.builderImage,
        builder: metadata.platformApis,
        lifecycle: readLifecycleApis(lifecycle.config),
        plainHttp: plainHttp.length > 0,
      }),
      image: there(`${repository}:${newestTag}`),
      runImage: there(runImage),
      cacheImage: layerCache === undefined ? undefined : there(`${repository}:${layerCache.name}`),
      usesCache: layerCache?.read ?? false,
      userId: metadata.userId,
      groupId: metadata.groupId,
      order: orderToml(plan.group, metadata),
      report: surroundings.report,
      plainHttpRegistries: plainHttp.map((host) => addresses.get(host) ?? host),
    },
  };
}

interface NamedImage extends FoundImage {
  /** As it was asked for. */
  readonly name: string;
}

/** The image at the first mirror that has it, else at its own registry; `from` says where its name stands. */
async function findImage(
  reference: string,
  mirrors: readonly string[],
  from: string,
  read: (reference: string) => Promise<FoundImage | undefined>,
): Promise<NamedImage> {
  for (const name of mirrors) {
    const found = await read(name).catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
    });
    if (found !== undefined) return { ...found, name };
  }
  const found = await read(reference);
  if (found !== undefined) return { ...found, name: reference };
  throw new Failure('BuildFailed', `There is no image ${reference}. Check ${from}.`);
}
