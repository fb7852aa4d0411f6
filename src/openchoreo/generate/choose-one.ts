import { Failure } from '../../failures.ts';
import type { ReleaseOwner } from '../repository/entries-for-release.ts';
import type { Entry, ScannedKind } from '../repository/entry.ts';
import type { Repository } from '../repository/repository.ts';
import { describeWarnings, type Warn } from '../warning.ts';
import { unplacedOf } from './unplaced-of.ts';

/** The one entry with these fields: the last by path where there are several, with a warning. */
export function chooseOne(
  repository: Repository,
  kind: ScannedKind,
  fields: Partial<Entry>,
  warn: Warn,
): Entry | undefined {
  const found = repository.find(kind, fields);
  const chosen = found.at(-1);
  if (chosen) warnOfOthers(repository, chosen, [...repository.shadowed(kind, fields), ...found.slice(0, -1)], warn);
  return chosen;
}

/** Warns of documents that do not count because a later one has the same namespace and name. */
export function warnOfShadowed(repository: Repository, kind: ScannedKind, fields: Partial<Entry>, warn: Warn): void {
  const found = repository.find(kind, fields);
  for (const other of repository.shadowed(kind, fields)) {
    const chosen = found.find(({ namespace, name }) => namespace === other.namespace && name === other.name);
    if (chosen) warnOfOthers(repository, chosen, [other], warn);
  }
}

/** Warns of documents that do not count because another one does. */
export function warnOfOthers(repository: Repository, chosen: Entry, others: readonly Entry[], warn: Warn): void {
  for (const other of others) {
    const { file, line } = repository.where(chosen);
    warn({
      ...repository.where(other),
      text: `${other.kind} ${other.name} does not count: ${chosen.kind} ${chosen.name} of ${file}, line ${line}, is used`,
    });
  }
}

/** What is said when something is missing, with the documents that may hold it, the component's own first. */
export function missing(repository: Repository, owner: ReleaseOwner, message: string): Failure {
  const suspects = describeWarnings([...unplacedOf(repository, owner), ...repository.unplaced], 10);
  return new Failure(
    'ManifestInvalid',
    suspects.length === 0 ? message : `${message} (not read: ${suspects.join('; ')})`,
  );
}

/** Platform resources are found in any namespace, the component's own first. */
export function chooseShared(
  repository: Repository,
  kind: ScannedKind,
  name: string,
  namespace: string,
  warn: Warn,
): Entry | undefined {
  const own = chooseOne(repository, kind, { name, namespace }, warn);
  return own ?? chooseOne(repository, kind, { name }, warn);
}
