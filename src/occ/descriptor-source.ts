import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { Failure } from '../failures.ts';
import { readDescriptor } from '../openchoreo/generate/descriptor.ts';
import { descriptorFiles, maximumNamedFile } from '../openchoreo/generate/descriptor-files.ts';
import { warnOfDescriptor } from '../openchoreo/generate/descriptor-warnings.ts';
import type { Dialect } from '../openchoreo/generate/dialect.ts';
import type { DescriptorSource } from '../openchoreo/generate/workload.ts';
import type { Warn } from '../openchoreo/warning.ts';
import { decodeText } from '../openchoreo/yaml/decode.ts';

/**
 * A descriptor with the files that it names, where they exist: regular ones of at most 1 MiB, within the git checkout where the descriptor is
 * in one. Throws `DescriptorInvalid`.
 */
export function readDescriptorSource(path: string, dialect: Dialect, warn: Warn): DescriptorSource {
  const text = tryTo(path, () => decodeText(readFileSync(path)));
  if (text === undefined) throw invalid(`${path}: failed to open file: it does not exist; correct --descriptor`);
  const descriptor = readDescriptor(text, path);
  warnOfDescriptor(text, path, descriptor, dialect, warn);
  const checkout = checkoutOf(dirname(path));
  const files = descriptorFiles(text, path).flatMap((file): [string, string][] => {
    const content = tryTo(file, () => readNamed(path, file, checkout));
    return content === undefined ? [] : [[file, content]];
  });
  return { path, descriptor, files: new Map(files) };
}

function readNamed(descriptor: string, file: string, checkout: string | undefined): string {
  const stats = statSync(file);
  if (!stats.isFile()) throw invalid(`${descriptor}: it names "${file}", which is no file; correct the path`);
  if (stats.size > maximumNamedFile)
    throw invalid(`${descriptor}: it names "${file}", which is larger than 1 MiB; make it smaller or do not name it`);
  if (checkout !== undefined && !realpathSync(file).startsWith(`${checkout}${sep}`))
    throw invalid(
      `${descriptor}: it names "${file}", which is outside of the repository ${checkout}; correct the path`,
    );
  return decodeText(readFileSync(file));
}

/** The folder that holds `.git`, links resolved; undefined where there is none. */
function checkoutOf(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return realpathSync(folder);
  return dirname(folder) === folder ? undefined : checkoutOf(dirname(folder));
}

/** Undefined where there is no such file. */
function tryTo(path: string, work: () => string): string | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw invalid(`${path}: failed to read file: ${error instanceof Error ? error.message : error}`);
  }
}

function invalid(message: string): Failure {
  return new Failure('DescriptorInvalid', message);
}
