import { posix } from 'node:path';
import type { Entry } from '../repository/entry.ts';
import { insideRepository } from './release-config.ts';

/** Where new files of a component go: where `release-config.yaml` says, beside the last existing one, else a folder of that name beside the Component. */
export function directoryFor(said: string, existing: readonly Entry[], component: Entry, folder: string): string {
  if (said !== '') return insideRepository(said);
  const last = existing.at(-1);
  return last ? posix.dirname(last.path) : posix.join(posix.dirname(component.path), folder);
}
