import { Failure } from '../src/failures.ts';
import type { SourceSnapshot } from '../src/git/git.ts';
import { descriptorFiles } from '../src/openchoreo/generate/descriptor-files.ts';
import type { Plan } from '../src/runs/plan.ts';

/** A descriptor by name: its text is read from the commit again where it is needed. */
export interface DescriptorRef {
  readonly path: string;
  /** Paths of the descriptor and the files it names, with their blob ids. */
  readonly blobs: Readonly<Record<string, string>>;
}

/** Finds the plan's descriptor and the files it names in a commit; null where there is none. Throws `DescriptorInvalid`. */
export async function findDescriptor(snapshot: SourceSnapshot, plan: Plan): Promise<DescriptorRef | null> {
  try {
    return await find(snapshot, plan);
  } catch (error) {
    if (!(error instanceof Failure) || error.type !== 'DescriptorInvalid') throw error;
    throw new Failure(error.type, `${error.message} (${plan.source.repository} at ${snapshot.commit.slice(0, 12)})`);
  }
}

async function find(snapshot: SourceSnapshot, { source }: Plan): Promise<DescriptorRef | null> {
  const { descriptorPath } = source;
  const text = (await snapshot.readFiles([descriptorPath])).get(descriptorPath);
  if (text === undefined) return null;
  const paths = [descriptorPath, ...descriptorFiles(text, descriptorPath)];
  const entries = await Promise.all(paths.map((path) => snapshot.entry(path)));
  const missing = paths.filter((_, index) => entries[index]?.type !== 'blob' || entries[index].mode === '120000');
  if (missing.length > 0) {
    throw new Failure(
      'DescriptorInvalid',
      `${descriptorPath} names ${missing.map((path) => `"${path}"`).join(', ')}, which ${missing.length === 1 ? 'is no file' : 'are no files'} of the repository; add what is missing, or correct the paths, which are relative to the descriptor's folder`,
    );
  }
  return {
    path: descriptorPath,
    blobs: Object.fromEntries(entries.map((entry, at) => [paths[at] ?? '', entry?.id ?? ''])),
  };
}
