import type { BuildPlan } from '../src/builds/build-plan.ts';
import { cacheFiles, layerCacheName } from '../src/builds/layer-cache.ts';
import { type EndpointPort, endpointPort, usualPort } from '../src/builds/react/endpoint-port.ts';
import { lockedFolder, lockFilePaths, manifestPath } from '../src/builds/react/locked-folder.ts';
import { unlockedWarning } from '../src/builds/react/package-manager.ts';
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

/** The build with what the source and registries say about it, and warnings of that. Throws `DescriptorInvalid`. */
export async function settleBuild(
  snapshot: SourceSnapshot,
  { build }: Pick<Plan, 'build'>,
  descriptor: DescriptorRef | null,
  pinImage: (reference: string) => Promise<string>,
): Promise<{ readonly build: BuildPlan; readonly warnings: readonly string[] }> {
  if (build.kind !== 'react') return { build, warnings: [] };
  const [{ port, warnings }, locked, node, nginx] = await Promise.all([
    portOf(snapshot, descriptor),
    snapshot.files(lockFilePaths(build.app)),
    pinned(build.nodeImage, pinImage),
    pinned(build.nginxImage, pinImage),
  ]);
  return {
    build: { ...build, port, nodeImage: node.image, nginxImage: nginx.image },
    warnings: [
      ...warnings,
      ...(locked.length === 0 ? [unlockedWarning(build.app)] : []),
      ...node.warnings,
      ...nginx.warnings,
    ],
  };
}

async function portOf(snapshot: SourceSnapshot, descriptor: DescriptorRef | null): Promise<EndpointPort> {
  if (descriptor === null) return { port: usualPort, warnings: [] };
  const text = (await snapshot.readFiles([descriptor.path])).get(descriptor.path) ?? '';
  return endpointPort(text, descriptor.path);
}

/** A base image by its digest: equal inputs of a build then are equal. Where nobody tells it, builds may still reach the image. */
async function pinned(image: string, pinImage: (reference: string) => Promise<string>) {
  try {
    return { image: await pinImage(image), warnings: [] };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const [reason] = error.message.split('. ');
    const warning = `the base image ${image} is taken by its tag, which may mean another one tomorrow: ${reason}. Name it by its digest in SLIPWAY_FRONTEND_IMAGES`;
    return { image, warnings: [warning] };
  }
}

/** Name of the cache for the layers of this source's build, where such a build has layers. */
export async function findLayerCache(
  snapshot: SourceSnapshot,
  { build, source }: Plan,
): Promise<{ readonly layerCache?: string }> {
  if (build.kind === 'buildpacks') return {};
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
