import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { Failure } from '../../failures.ts';
import type { Entry } from '../repository/entry.ts';
import type { Repository } from '../repository/repository.ts';
import type { Warn } from '../warning.ts';
import { isMapping } from '../yaml/compose.ts';
import { writeYaml } from '../yaml/write.ts';
import { warnOfShadowed } from './choose-one.ts';
import { imageDigest } from './image.ts';
import { directoryFor } from './place.ts';
import type { ReleaseRequest } from './release.ts';

/** Under which name and path a spec is released; `reused` when a release of the component with an equal spec exists. */
export interface ReleaseName {
  readonly name: string;
  readonly path: string;
  readonly reused: boolean;
}

/**
 * The existing release with an equal spec (the bound one, then the one of this commit, then the last by path); else `<component>-<commit8>`,
 * or `<component>-<commit8>-<6 hex of the spec>` where that is taken. Throws `ReleaseConflict` where both are.
 */
export function releaseName(
  repository: Repository,
  { namespace, project, component, commit }: ReleaseRequest,
  candidate: {
    readonly spec: unknown;
    readonly image: string;
    readonly bound: string | null;
    readonly component: Entry;
    /** What `release-config.yaml` says. */
    readonly directory: string;
  },
  warn: Warn,
): ReleaseName {
  warnOfShadowed(repository, 'ComponentRelease', { project, component }, warn);
  const text = writeYaml(candidate.spec);
  const digest = imageDigest(candidate.image);
  const own = repository.find('ComponentRelease', { project, component }).filter((entry) => isIn(namespace, entry));
  // A release of this image holds its digest, so most of the old ones need no parsing.
  const likely = own.filter((entry) => digest === undefined || repository.text(entry).includes(digest));
  const equal = likely.filter((entry) => specText(repository, entry, warn) === text);
  const short = `${component}-${commit.slice(0, 8)}`;
  const reused =
    equal.find(({ name }) => name === candidate.bound) ?? equal.find(({ name }) => name === short) ?? equal.at(-1);
  if (reused) return { name: reused.name, path: reused.path, reused: true };

  const directory = directoryFor(candidate.directory, own, candidate.component, 'releases');
  const long = `${short}-${createHash('sha256').update(text).digest('hex').slice(0, 6)}`;
  for (const name of [short, long]) {
    const path = posix.join(directory, `${name}.yaml`);
    const taken = repository.find('ComponentRelease', { name }).some((entry) => isIn(namespace, entry));
    if (!taken && !repository.exists(path)) return { name, path, reused: false };
  }
  throw new Failure(
    'ReleaseConflict',
    `${posix.join(directory, `${long}.yaml`)}: ComponentRelease ${long} exists with another spec; somebody changed it, so restore or delete it`,
  );
}

function isIn(namespace: string, entry: Entry): boolean {
  return entry.namespace === namespace || entry.namespace === '';
}

function specText(repository: Repository, entry: Entry, warn: Warn): string | undefined {
  try {
    const { value } = repository.read(entry);
    return isMapping(value) ? writeYaml(value['spec'] ?? null) : undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    warn({ ...repository.where(entry), text: 'the release cannot be read and is not compared' });
    return undefined;
  }
}
