import { createHash } from 'node:crypto';
import type { Candidate } from './candidates.ts';

/** A branch that components of a namespace are built from, as the same credential reads it. */
export interface TrackedBranch {
  /** Short name of it, the same in every process. */
  readonly key: string;
  readonly namespace: string;
  /** URL of the repository as the run templates give it. */
  readonly url: string;
  readonly branch: string;
  readonly secretRef: string | undefined;
  readonly candidates: readonly Candidate[];
}

/** The branches whose pushes can start one of these components; those that no push can start are left out. */
export function trackedBranches(candidates: readonly Candidate[]): readonly TrackedBranch[] {
  const groups = new Map<string, Omit<TrackedBranch, 'key' | 'candidates'> & { candidates: Candidate[] }>();
  for (const candidate of candidates) {
    const { state, namespace } = candidate;
    if (!('watch' in state)) continue;
    const { repository: url, branch, secretRef } = state;
    const name = JSON.stringify([namespace, url, branch, secretRef]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { namespace, url, branch, secretRef, candidates: [candidate] });
    else group.candidates.push(candidate);
  }
  return [...groups].map(([name, group]) => ({ key: shortName(name), ...group }));
}

const shortName = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
