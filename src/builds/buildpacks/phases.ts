import type { PlatformApi } from './platform-api.ts';

/** The lifecycle's phases in their order. */
export const phases = ['analyze', 'detect', 'restore', 'build', 'export'] as const;
export type Phase = (typeof phases)[number];

/** Phases that run the user's code: in the builder image, without credentials. The others run in our lifecycle image, for a builder's is the user's program. */
export const userPhases: readonly Phase[] = ['detect', 'build'];

/** Where the phases find things. */
export const phasePaths = {
  workspace: '/workspace',
  layers: '/layers',
  /** Of its own, so that no user code can rewrite which run image `export` reads with credentials. */
  analyzed: '/analyzed/analyzed.toml',
  group: '/control/group.toml',
  plan: '/control/plan.toml',
  /** One file a variable, in `env`. */
  platform: '/platform',
  order: '/order/order.toml',
} as const;

/** One build by buildpacks. */
export interface PhaseSettings {
  readonly api: PlatformApi;
  /** What the image is pushed as, `host/name:tag`. */
  readonly image: string;
  readonly runImage: string;
  /** Undefined: nothing is kept between builds. */
  readonly cacheImage: string | undefined;
  /** False: what is kept is made anew. */
  readonly usesCache: boolean;
  readonly userId: number;
  readonly groupId: number;
  /** Text of an `order.toml` instead of the builder's. */
  readonly order: string | undefined;
  /** Where `export` leaves its report. */
  readonly report: string;
  /** Registries with plain http; only for API 0.13 and later. */
  readonly plainHttpRegistries: readonly string[];
}

/** The phases that this build has: without a cache to use there is no `restore`. */
export function phasesOf({ cacheImage, usesCache }: Pick<PhaseSettings, 'cacheImage' | 'usesCache'>): readonly Phase[] {
  return cacheImage === undefined || !usesCache ? phases.filter((phase) => phase !== 'restore') : phases;
}

const programs: Readonly<Record<Phase, string>> = {
  analyze: 'analyzer',
  detect: 'detector',
  restore: 'restorer',
  build: 'builder',
  export: 'exporter',
};

/** A phase as program and arguments. No secret is in them. */
export function phaseCommand(phase: Phase, settings: PhaseSettings): readonly [string, ...string[]] {
  const { image, runImage, cacheImage, order, report } = settings;
  const ids = [`-uid=${settings.userId}`, `-gid=${settings.groupId}`];
  const cache = cacheImage === undefined ? [] : [`-cache-image=${cacheImage}`];
  const group = `-group=${phasePaths.group}`;
  const plan = `-plan=${phasePaths.plan}`;
  const platform = `-platform=${phasePaths.platform}`;
  const of: Readonly<Record<Phase, readonly string[]>> = {
    analyze: [...ids, `-run-image=${runImage}`, ...cache, image],
    // Which buildpacks were tried is said at this level only.
    detect: [group, plan, platform, ...(order === undefined ? [] : [`-order=${phasePaths.order}`]), '-log-level=debug'],
    restore: [group, ...ids, ...cache],
    build: [group, plan, platform],
    export: [group, ...ids, ...cache, `-report=${report}`, image],
  };
  return [`/cnb/lifecycle/${programs[phase]}`, `-analyzed=${phasePaths.analyzed}`, ...of[phase]];
}

/** Environment of a phase besides its credential. */
export function phaseEnvironment(
  phase: Phase,
  { api, plainHttpRegistries }: Pick<PhaseSettings, 'api' | 'plainHttpRegistries'>,
): Readonly<Record<string, string>> {
  const talks = !userPhases.includes(phase) && plainHttpRegistries.length > 0;
  return {
    CNB_PLATFORM_API: api,
    ...(talks && { CNB_INSECURE_REGISTRIES: plainHttpRegistries.join(',') }),
  };
}
