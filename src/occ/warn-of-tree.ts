import { warnOfShadowed } from '../openchoreo/generate/choose-one.ts';
import { scannedKinds } from '../openchoreo/repository/entry.ts';
import type { Repository } from '../openchoreo/repository/repository.ts';
import type { Warn } from '../openchoreo/warning.ts';

/** Warns of all documents of a tree that count for nothing, or that do not count because of a later one. */
export function warnOfTree(repository: Repository, warn: Warn): void {
  for (const unplaced of repository.unplaced) warn(unplaced);
  for (const kind of scannedKinds) warnOfShadowed(repository, kind, {}, warn);
}
