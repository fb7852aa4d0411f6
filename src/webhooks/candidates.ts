import type { Catalog, FoundComponent } from '../catalog/catalog.ts';
import type { Component } from '../openchoreo/kinds/component.ts';
import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import type { Flows } from '../runs/flows.ts';
import type { WatchedSource } from '../runs/watched-source.ts';
import { type RepositoryPlace, repositoryPlace } from './repository-identity.ts';
import type { Judgement } from './verdict.ts';
import { type Need, workOutCandidate } from './work-out-candidate.ts';

/** A component that a push may concern. */
export interface Candidate {
  /** `namespace/project/name`. */
  readonly id: string;
  readonly namespace: string;
  /** Undefined where its manifest cannot be read. */
  readonly component: Component | undefined;
  /** Where its source is; null where it names no repository, undefined where its URL is not one of a repository. */
  readonly place: RepositoryPlace | undefined | null;
  /** What of its source matters, or why it cannot be built by a push at all. */
  readonly state: WatchedSource | Judgement;
}

/** The components that a push to these URLs may concern; without URLs all that there are. Throws what the catalog throws. */
export type FindCandidates = (catalog: Catalog, urls?: readonly string[]) => Promise<readonly Candidate[]>;

/** Finds candidates, and works each out anew only after it, its ComponentWorkflow or its type changed. */
export function createFindCandidates(flows: Flows): FindCandidates {
  const known = new WeakMap<object, Known>();

  return async (catalog, urls) => {
    const now = await catalog.now();
    const find = findOnce(now);
    const paths = urls?.flatMap((url) => repositoryPlace(url)?.path.toLowerCase() ?? []);
    const candidates: Candidate[] = [];
    for (const found of await now.components(paths)) {
      const last = isPlainObject(found.value) ? known.get(found.value) : undefined;
      const current = last && (await isCurrent(last, find)) ? last : await workOut(found, now, flows, find);
      if (isPlainObject(found.value)) known.set(found.value, current);
      candidates.push(current.candidate);
    }
    return candidates;
  };
}

/** A candidate and the resources that it was worked out from, as they were. */
interface Known {
  readonly candidate: Candidate;
  readonly from: readonly { readonly key: string; readonly need: Need; readonly value: unknown }[];
}

/** The value of a resource, or a promise of it when it is asked for the first time. */
type Find = (key: string, need: Need) => unknown;

/** One that cannot be read is undefined here and told by who needs it. */
function findOnce(catalog: Catalog): Find {
  const values = new Map<string, unknown>();
  const ask = async (key: string, { kind, namespace, name }: Need) => {
    const value = await catalog.find(kind, namespace, name).catch(() => undefined);
    values.set(key, value);
    return value;
  };
  return (key, need) => (values.has(key) ? values.get(key) : ask(key, need));
}

async function isCurrent({ from }: Known, find: Find): Promise<boolean> {
  for (const { key, need, value } of from) {
    const now = find(key, need);
    // Waiting for what is there already would take longer than all the rest.
    if ((now instanceof Promise ? await now : now) !== value) return false;
  }
  return true;
}

async function workOut(found: FoundComponent, catalog: Catalog, flows: Flows, find: Find): Promise<Known> {
  const { candidate, needs } = await workOutCandidate(found, catalog, flows);
  const from = needs.map(async (need) => {
    const key = Object.values(need).join('/');
    return { key, need, value: await find(key, need) };
  });
  return { candidate, from: await Promise.all(from) };
}
