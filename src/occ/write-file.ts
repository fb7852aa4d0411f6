import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../failures.ts';

/** Writes a file whole or not at all, with the folders that it needs. An existing file keeps its mode, and a link stays one. */
export function writeFile(path: string, text: string): void {
  try {
    const target = existsSync(path) ? realpathSync(path) : path;
    const folder = dirname(target);
    mkdirSync(folder, { recursive: true });
    const temporary = join(folder, `.${basename(target)}.${process.pid}.tmp`);
    try {
      const mode = statSync(target, { throwIfNoEntry: false })?.mode;
      writeFileSync(temporary, text, { mode: mode === undefined ? 0o644 : mode & 0o777 });
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure('Unavailable', `failed to write ${path}: ${reason}`, { cause: error });
  }
}
