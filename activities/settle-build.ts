import type { BuildPlan } from '../src/builds/build-plan.ts';
import { projectDescriptorPath, readProjectDescriptor } from '../src/builds/buildpacks/project-descriptor.ts';
import { type EndpointPort, endpointPort, usualPort } from '../src/builds/react/endpoint-port.ts';
import { lockFilePaths } from '../src/builds/react/locked-folder.ts';
import { unlockedWarning } from '../src/builds/react/package-manager.ts';
import { Failure } from '../src/failures.ts';
import type { SourceSnapshot } from '../src/git/git.ts';
import type { Plan } from '../src/runs/plan.ts';
import type { DescriptorRef } from './find-descriptor.ts';

interface SettledBuild {
  readonly build: BuildPlan;
  /** What decides on the image besides the plan. */
  readonly inputs?: readonly string[];
  readonly warnings: readonly string[];
}

/** The build with what the source and registries say about it, and warnings of that. Throws `DescriptorInvalid`. */
export async function settleBuild(
  snapshot: SourceSnapshot,
  { build }: Pick<Plan, 'build'>,
  descriptor: DescriptorRef | null,
  pinImage: (reference: string) => Promise<string>,
): Promise<SettledBuild> {
  if (build.kind === 'docker') return { build, warnings: [] };
  if (build.kind === 'buildpacks') {
    const [settled, { image }] = await Promise.all([
      settleBuildpacks(snapshot, build),
      pinned(build.builderImage, pinImage),
    ]);
    return { ...settled, inputs: [image] };
  }
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

/** With what the application's `project.toml` asks for; the run's own variables count more. */
async function settleBuildpacks(snapshot: SourceSnapshot, build: Extract<BuildPlan, { kind: 'buildpacks' }>) {
  const file = projectDescriptorPath(build.app);
  const text = (await snapshot.readFiles([file])).get(file);
  if (text === undefined) return { build, warnings: [] };
  const { files, group, env, warnings } = readProjectDescriptor(text, file);
  const variables = new Map([...env, ...build.env].map((variable) => [variable.name, variable]));
  return { build: { ...build, files, group, env: [...variables.values()] }, warnings };
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
