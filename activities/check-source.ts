import { cacheFiles, layerCacheName } from '../src/builds/layer-cache.ts';
import { lockedFolder, lockFilePaths, manifestPath } from '../src/builds/react/locked-folder.ts';
import { Failure } from '../src/failures.ts';
import type { SourceSnapshot } from '../src/git/git.ts';
import type { Plan } from '../src/runs/plan.ts';
import { type DescriptorRef, findDescriptor } from './find-descriptor.ts';

/** Git ids of what the build reads. Throws `SourceNotFound` with all that is missing. */
export async function buildInputs(
  snapshot: SourceSnapshot,
  { build, source }: Pick<Plan, 'build' | 'source'>,
): Promise<readonly string[]> {
  if (build.kind === 'react') return frontendInputs(snapshot, build.app, source.repository);
  if (build.kind === 'buildpacks') return appInputs(snapshot, build.app, source.repository);
  const [context, dockerfile] = await Promise.all([snapshot.entry(build.context), snapshot.entry(build.dockerfile)]);
  const where = `in ${source.repository} at ${snapshot.commit.slice(0, 12)}`;
  const problems = [
    context?.type !== 'tree' &&
      `build context "${build.context}" is ${context ? 'no folder' : 'not'} ${where}: set spec.workflow.parameters.docker.context`,
    dockerfile?.type !== 'blob' &&
      `Dockerfile "${build.dockerfile}" is ${dockerfile ? 'no file' : 'not'} ${where}: set spec.workflow.parameters.docker.filePath, relative to the repository's root`,
  ].filter((problem) => problem !== false);
  if (!context || !dockerfile || problems.length > 0) throw new Failure('SourceNotFound', problems.join('; '));
  return [context.id, dockerfile.id];
}

async function appInputs(snapshot: SourceSnapshot, app: string, repository: string): Promise<readonly string[]> {
  const folder = await snapshot.entry(app);
  if (folder?.type === 'tree') return [folder.id];
  throw new Failure(
    'SourceNotFound',
    `the application's folder "${app}" is ${folder ? 'no folder' : 'not'} in ${repository} at ${snapshot.commit.slice(0, 12)}: set spec.workflow.systemParameters.repository.appPath`,
  );
}

/** A workspace's packages are beside the application, so all from the lock file's folder on counts. */
async function frontendInputs(snapshot: SourceSnapshot, app: string, repository: string): Promise<readonly string[]> {
  const [folder] = await appInputs(snapshot, app, repository);
  const manifest = manifestPath(app);
  if ((await snapshot.entry(manifest))?.type !== 'blob') {
    throw new Failure(
      'SourceNotFound',
      `"${manifest}" is not in ${repository} at ${snapshot.commit.slice(0, 12)}: set spec.workflow.systemParameters.repository.appPath to the folder of the application`,
    );
  }
  const locked = await snapshot.files(lockFilePaths(app));
  const paths = locked.map(({ path }) => path);
  const root = await snapshot.entry(lockedFolder(app, paths));
  return [folder ?? '', root?.id ?? ''];
}

/** Tag of a component's cache image; the lifecycle decides what of it still fits. */
const buildpacksCache = 'slipway-cache-buildpacks';

/** Name of the cache for the layers of this source's build, where such a build has layers. */
export async function findLayerCache(
  snapshot: SourceSnapshot,
  { build, source }: Plan,
): Promise<{ readonly layerCache?: string }> {
  if (build.kind === 'buildpacks') return { layerCache: buildpacksCache };
  return { layerCache: layerCacheName(build, await snapshot.files(cacheFiles(build, source.appPath))) };
}

/** The descriptor, or a warning where there is none. Throws `SourceNotFound` where somebody named it, `DescriptorInvalid`. */
export async function checkDescriptor(
  snapshot: SourceSnapshot,
  plan: Plan,
): Promise<{ readonly descriptor: DescriptorRef | null; readonly warnings: readonly string[] }> {
  const { source } = plan;
  const descriptor = await findDescriptor(snapshot, plan);
  if (descriptor) return { descriptor, warnings: [] };
  const missing = `workload descriptor "${source.descriptorPath}" is not in ${source.repository} at ${snapshot.commit.slice(0, 12)}`;
  if (source.descriptorRequired) {
    throw new Failure(
      'SourceNotFound',
      `${missing}: add it, or set spec.workflow.parameters.workloadDescriptorPath, relative to appPath`,
    );
  }
  return { descriptor, warnings: [`${missing}, so only the image is updated`] };
}
