import { posix } from 'node:path';
import { lockFileNames } from './package-manager.ts';

/** Path of an application's package.json in its repository. */
export function manifestPath(app: string): string {
  return posix.join(app, 'package.json');
}

/** Where lock files of an application may be: in its folder and all those above it. */
export function lockFilePaths(app: string): readonly string[] {
  return foldersUp(app).flatMap((folder) => lockFileNames.map((name) => posix.join(folder, name)));
}

/** The nearest folder that holds one of these lock files, from the application's up; without any its own. */
export function lockedFolder(app: string, lockFiles: readonly string[]): string {
  const locked = new Set(lockFiles.map((file) => posix.dirname(file)));
  return foldersUp(app).find((folder) => locked.has(folder)) ?? app;
}

/** The folder and all those above it, up to the repository's root. */
export function foldersUp(folder: string): readonly string[] {
  return folder === '.' ? ['.'] : [folder, ...foldersUp(posix.dirname(folder))];
}
