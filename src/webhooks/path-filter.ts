import { isGlob, pathPattern } from './path-pattern.ts';

/** Which changed paths matter to a component: patterns as `pathPattern` reads them. */
export interface PathFilter {
  readonly watch: readonly string[];
  readonly ignore: readonly string[];
}

/** The paths of a push, prepared for being compared with many filters. */
export interface PathIndex {
  readonly paths: readonly string[];
  /** The paths and all folders above them. */
  readonly touched: ReadonlySet<string>;
}

/** Prepares paths, each relative to the repository; a leading `/` or `./` is nothing. */
export function indexPaths(list: readonly string[]): PathIndex {
  const paths = list.map((path) => path.replace(/^(\.?\/)+/, ''));
  const touched = new Set(paths.length > 0 ? ['.'] : []);
  for (const path of paths) {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) touched.add(path.slice(0, end));
  }
  return { paths, touched };
}

/** Is there a path that is watched and not ignored? */
export function touches({ watch, ignore }: PathFilter, { paths, touched }: PathIndex): boolean {
  if (ignore.length > 0) {
    const isIgnored = anyOf(ignore);
    const isWatched = anyOf(watch);
    return paths.some((path) => isWatched(path) && !isIgnored(path));
  }
  if (watch.some((pattern) => touched.has(pattern))) return true;
  const globs = watch.filter(isGlob);
  return globs.length > 0 && paths.some(anyOf(globs));
}

function anyOf(patterns: readonly string[]): (path: string) => boolean {
  const tests = patterns.map(pathPattern);
  return (path) => tests.some((test) => test(path));
}
