import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../failures.ts';
import { decodeText } from '../openchoreo/yaml/decode.ts';
import type { Change } from './change.ts';

/** Files that wait beside their places and take them all together, or not at all. */
export interface StagedFiles {
  /** Writes a change beside its place, with the folders that it needs. Throws a `Failure`, also for a file that changed otherwise meanwhile. */
  add(change: Change): void;
  /** The text of a file as it will be. */
  read(path: string): string;
  /** Puts all into their places; where one cannot be, those before it become what they were. Existing files keep their mode, links stay links. */
  commit(): void;
  /** Leaves nothing behind. Does nothing after `commit`. */
  discard(): void;
}

interface Staged {
  readonly change: Change;
  readonly target: string;
  readonly temporary: string;
  /** The outermost folder that was made for it. */
  readonly made: string | undefined;
}

/** Begins with none. */
export function createStagedFiles(): StagedFiles {
  const staged = new Map<string, Staged>();
  return {
    add(change) {
      const last = staged.get(change.path);
      if (last && last.change.text !== change.before) {
        throw new Failure(
          'ReleaseConflict',
          `${change.path}: two components would write this file; give them folders of their own`,
        );
      }
      const next = stage(change);
      staged.set(
        change.path,
        last ? { ...next, change: { ...change, before: last.change.before }, made: last.made } : next,
      );
    },
    read: (path) => staged.get(path)?.change.text ?? decodeText(readFileSync(path)),
    commit() {
      const done: Staged[] = [];
      for (const one of staged.values()) {
        try {
          renameSync(one.temporary, one.target);
          done.push(one);
        } catch (error) {
          for (const { target, change } of done) restore(target, change.before);
          throw unwritable(one.change.path, error);
        }
      }
      staged.clear();
    },
    discard() {
      for (const { temporary, made } of staged.values()) {
        rmSync(temporary, { force: true });
        if (made !== undefined) removeEmpty(dirname(temporary), made);
      }
      staged.clear();
    },
  };
}

function stage(change: Change): Staged {
  const { path, text } = change;
  try {
    const target = existsSync(path) ? realpathSync(path) : path;
    const folder = dirname(target);
    const made = mkdirSync(folder, { recursive: true });
    const temporary = join(folder, `.${basename(target)}.${process.pid}.tmp`);
    const place = statSync(target, { throwIfNoEntry: false });
    if (place?.isDirectory()) throw new Error('it is a folder');
    try {
      writeFileSync(temporary, text, { mode: place === undefined ? 0o644 : place.mode & 0o777 });
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    return { change, target, temporary, made };
  } catch (error) {
    throw unwritable(path, error);
  }
}

function restore(target: string, before: string | null): void {
  if (before === null) rmSync(target, { force: true });
  else writeFileSync(target, before);
}

function removeEmpty(folder: string, last: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody else put something there.
    return;
  }
  if (folder !== last) removeEmpty(dirname(folder), last);
}

function unwritable(path: string, error: unknown): Failure {
  const reason = error instanceof Error ? error.message : String(error);
  return new Failure('Unavailable', `failed to write ${path}: ${reason}`, { cause: error });
}
