import { z } from 'zod';
import { PlatformApi } from './platform-api.ts';

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

/** A volume of a build as one of its phases has it. */
export interface PhaseMount {
  readonly volume: PhaseVolume;
  readonly path: string;
  readonly readOnly: boolean;
}
export type PhaseVolume = 'workspace' | 'layers' | 'detectLayers' | 'analyzed' | 'control';

const folderOf = (file: string): string => file.slice(0, file.lastIndexOf('/'));

const volumePaths: Readonly<Record<PhaseVolume, string>> = {
  workspace: phasePaths.workspace,
  layers: phasePaths.layers,
  // A link that detect leaves in its layers must not lead restore, which may write more.
  detectLayers: phasePaths.layers,
  analyzed: folderOf(phasePaths.analyzed),
  control: folderOf(phasePaths.group),
};

const volumesOf = (writable: readonly PhaseVolume[], readable: readonly PhaseVolume[]): readonly PhaseMount[] => [
  ...writable.map((volume) => ({ volume, path: volumePaths[volume], readOnly: false })),
  ...readable.map((volume) => ({ volume, path: volumePaths[volume], readOnly: true })),
];

/** Which volumes a phase has. Which run image counts, and which buildpacks, cannot be written while the user's code runs. */
export const phaseMounts: Readonly<Record<Phase, readonly PhaseMount[]>> = {
  analyze: volumesOf(['analyzed', 'layers'], []),
  detect: volumesOf(['control', 'detectLayers', 'workspace'], ['analyzed']),
  restore: volumesOf(['analyzed', 'layers'], ['control']),
  build: volumesOf(['layers', 'workspace'], ['analyzed', 'control']),
  export: volumesOf(['layers'], ['analyzed', 'control', 'workspace']),
};

/** One build by buildpacks. */
export const PhaseSettings = z.object({
  api: PlatformApi,
  /** What the image is pushed as, `host/name:tag`. */
  image: z.string(),
  runImage: z.string(),
  /** Undefined: nothing is kept between builds. */
  cacheImage: z.string().optional(),
  /** False: what is kept is made anew. */
  usesCache: z.boolean(),
  userId: z.int(),
  groupId: z.int(),
  /** Text of an `order.toml` instead of the builder's. */
  order: z.string().optional(),
  /** Where `export` leaves its report. */
  report: z.string(),
  /** Registries with plain http; only for API 0.13 and later. */
  plainHttpRegistries: z.array(z.string()).readonly(),
});
export type PhaseSettings = Readonly<z.infer<typeof PhaseSettings>>;

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
