import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { z } from 'zod';
import type { BuildPlan } from './build-plan.ts';
import { parseJson } from './parse-json.ts';

/** What a build does about the cache of its layers. */
export interface LayerCache {
  /** Tag in the image's repository. */
  readonly name: string;
  /** Use what is stored under that name. */
  readonly read: boolean;
  /** Store this build's layers under that name. */
  readonly write: boolean;
}

const packageFileNames = [
  ...['package.json', 'package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'],
  ...['bun.lock', 'bun.lockb', '.npmrc', '.yarnrc.yml', 'deno.json', 'deno.lock'],
  ...['go.mod', 'go.sum', 'go.work', 'go.work.sum', 'Cargo.toml', 'Cargo.lock'],
  ...[
    'requirements.txt',
    'pyproject.toml',
    'poetry.lock',
    'uv.lock',
    'pdm.lock',
    'Pipfile',
    'Pipfile.lock',
    'setup.py',
  ],
  ...['pom.xml', 'build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts', 'gradle.lockfile'],
  ...['Gemfile', 'Gemfile.lock', 'composer.json', 'composer.lock', 'mix.exs', 'mix.lock'],
  ...['packages.lock.json', 'Directory.Packages.props', 'global.json', 'pubspec.yaml', 'pubspec.lock'],
];

/** Builds of which an engine makes layers. */
type LayeredPlan = Exclude<BuildPlan, { kind: 'buildpacks' }>;

/**
 * Where the Dockerfile is, and where files would be that say which packages a build installs: as long as they stay the same, the
 * layers before the source do. Those of other folders only make a cache less useful.
 */
export function cacheFiles(plan: LayeredPlan, appPath: string): readonly string[] {
  const folders =
    plan.kind === 'docker' ? [plan.context, posix.dirname(plan.dockerfile), appPath] : [plan.app, ...parents(plan.app)];
  const packageFiles = [...new Set(folders)].flatMap((folder) =>
    packageFileNames.map((name) => posix.join(folder, name)),
  );
  return plan.kind === 'docker' ? [plan.dockerfile, ...packageFiles] : packageFiles;
}

function parents(folder: string): readonly string[] {
  return folder === '.' ? [] : [posix.dirname(folder), ...parents(posix.dirname(folder))];
}

/** The cache's tag: equal where the plan and all of these files are. */
export function layerCacheName(
  plan: LayeredPlan,
  files: readonly { readonly path: string; readonly id: string }[],
): string {
  const parameters = Object.entries(plan).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const contents = files.map(({ path, id }) => [path, id]).toSorted();
  const hash = createHash('sha256')
    .update(JSON.stringify([parameters, contents]))
    .digest('hex');
  return `slipway-cache-${hash.slice(0, 20)}`;
}

const createdKey = 'org.opencontainers.image.created';
const maxAgeMs = 7 * 24 * 3_600_000;
const CacheManifest = z.looseObject({ annotations: z.looseObject({ [createdKey]: z.iso.datetime() }) });

/** The text of a cache's manifest, with the time at which it was made. Throws for what is no JSON object. */
export function dateCache(manifest: string, now: Date): string {
  const { annotations, ...content } = z
    .looseObject({ annotations: z.looseObject({}).default({}) })
    .parse(JSON.parse(manifest));
  return JSON.stringify({ ...content, annotations: { ...annotations, [createdKey]: now.toISOString() } });
}

/**
 * What a build does with the cache of that name, whose manifest is `stored` where there is one. After a week it is made anew, so
 * that moved base images show; a build that must use no cache also makes it anew.
 */
export function decideLayerCache(name: string, stored: string | undefined, noCache: boolean, now: Date): LayerCache {
  const read = !noCache && stored !== undefined && isFresh(stored, now);
  return { name, read, write: !read };
}

/** Can a tag be that of a cache? */
export function isLayerCacheTag(tag: string): boolean {
  return /^slipway-cache-[0-9a-f]{20}$/.test(tag);
}

/** When a cache was made, from its manifest; undefined where that does not say. */
export function cacheDate(manifest: string): Date | undefined {
  const date = CacheManifest.safeParse(parseJson(manifest)).data?.annotations[createdKey];
  return date === undefined ? undefined : new Date(date);
}

function isFresh(manifest: string, now: Date): boolean {
  const age = now.getTime() - (cacheDate(manifest)?.getTime() ?? Number.NaN);
  return age >= -60_000 && age <= maxAgeMs;
}
