import { posix } from 'node:path';
import type { Entry } from '../repository/entry.ts';

/** Where new files of a component go: beside its last existing one, else a folder of that name beside the Component. */
export function directoryFor(existing: readonly Entry[], component: Entry, folder: string): string {
  const last = existing.at(-1);
  return last ? posix.dirname(last.path) : posix.join(posix.dirname(component.path), folder);
}
