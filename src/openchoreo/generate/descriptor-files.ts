import { posix } from 'node:path';
import { Failure } from '../../failures.ts';
import { readDescriptor } from './descriptor.ts';

/** Bytes of a file that a descriptor names. */
export const maximumNamedFile = 1024 * 1024;

/** The repository-relative paths of the files that a descriptor names. Throws `DescriptorInvalid`, also for a path that leaves the repository. */
export function descriptorFiles(text: string, path: string): readonly string[] {
  const { endpoints, configurations } = readDescriptor(text, path);
  const schemas = endpoints.map(({ schemaFile }) => schemaFile);
  const files = configurations.files
    .filter(({ valueFrom }) => !valueFrom.secretKeyRef)
    .map(({ valueFrom }) => valueFrom.path);
  return [...new Set([...schemas, ...files].filter((name) => name !== '').map((name) => besideDescriptor(path, name)))];
}

/** The path of a file that a descriptor names, relative to the repository where the descriptor's is; a leading `/` means the descriptor's folder, too. */
export function besideDescriptor(path: string, name: string): string {
  const joined = posix.join(posix.dirname(path), name);
  // Below an absolute path there is no repository to leave.
  const isInside = joined !== '..' && !joined.startsWith('../') && !joined.startsWith('/');
  if (isInside || path.startsWith('/')) return joined;
  throw new Failure(
    'DescriptorInvalid',
    `${path}: the file "${name}" is outside of the repository; name one inside of it`,
  );
}
