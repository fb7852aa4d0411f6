import ignore from 'ignore';
import type { ProjectDescriptor } from './project-descriptor.ts';

/**
 * Says of a path of the application, relative to its folder and a folder's with `/` at its end, whether the build gets it. A folder
 * that is left out is so with all that is in it; one that may hold a chosen file is not.
 */
export function choosesFiles(files: ProjectDescriptor['files']): (path: string) => boolean {
  if (files === null) return () => true;
  const named = ignore().add([...files.patterns]);
  if (files.mode === 'exclude') return (path) => !named.ignores(path);
  return (path) => path.endsWith('/') || named.ignores(path);
}
