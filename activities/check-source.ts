import { Failure } from '../src/failures.ts';
import type { SourceSnapshot } from '../src/git/git.ts';
import type { Plan } from '../src/runs/plan.ts';

/** Git ids of what the build reads. Throws `SourceNotFound` with all that is missing. */
export async function buildInputs(snapshot: SourceSnapshot, { build, source }: Plan) {
  const [context, dockerfile] = await Promise.all([snapshot.entry(build.context), snapshot.entry(build.dockerfile)]);
  const where = `in ${source.repository} at ${snapshot.commit.slice(0, 12)}`;
  const problems = [
    context?.type !== 'tree' &&
      `build context "${build.context}" is ${context ? 'no folder' : 'not'} ${where}: set spec.workflow.parameters.docker.context`,
    dockerfile?.type !== 'blob' &&
      `Dockerfile "${build.dockerfile}" is ${dockerfile ? 'no file' : 'not'} ${where}: set spec.workflow.parameters.docker.filePath, relative to the repository's root`,
  ].filter((problem) => problem !== false);
  if (!context || !dockerfile || problems.length > 0) throw new Failure('SourceNotFound', problems.join('; '));
  return { contextTree: context.id, dockerfileBlob: dockerfile.id };
}

/** A warning where there is no descriptor. Throws `SourceNotFound` where somebody named one. */
export async function checkDescriptor(snapshot: SourceSnapshot, { source }: Plan): Promise<readonly string[]> {
  const entry = await snapshot.entry(source.descriptorPath);
  if (entry?.type === 'blob') return [];
  const missing = `workload descriptor "${source.descriptorPath}" is not in ${source.repository} at ${snapshot.commit.slice(0, 12)}`;
  if (source.descriptorRequired) {
    throw new Failure(
      'SourceNotFound',
      `${missing}: add it, or set spec.workflow.parameters.workloadDescriptorPath, relative to appPath`,
    );
  }
  return [`${missing}, so only the image is updated`];
}
