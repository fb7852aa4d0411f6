import { readFileSync } from 'node:fs';

/** A file as it will be. */
export interface Change {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** Its text until now; null where there is no such file. */
  readonly before: string | null;
}

/** A new text for a file, beside what is there now. */
export function changeOf(path: string, text: string): Change {
  return { path, text, before: readOr(path) };
}

function readOr(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Writing will tell why, where there is more to it than no such file.
    return null;
  }
}
