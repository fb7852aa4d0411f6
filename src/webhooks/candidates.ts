import type { Catalog, CatalogKind, FoundComponent } from '../catalog/catalog.ts';
import type { Component } from '../openchoreo/kinds/component.ts';
import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import type { Flows } from '../runs/flows.ts';
import type { WatchedSource } from '../runs/watched-source.ts';
import { repositoryPlace } from './repository-identity.ts';
import type { Judgement } from './verdict.ts';
import { workOutCandidate } from './work-out-candidate.ts';

/** A component that a push may concern. */
export interface Candidate {
  /** `namespace/project/name`. */
  readonly id: string;
  readonly namespace: string;
  /** Undefined where its manifest cannot be read. */
  readonly component: Component | undefined;
  /** URL of its source, in any form; null where it names none. */
  readonly repository: string | null;
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
  readonly from: readonly { readonly kind: CatalogKind; readonly name: string; readonly value: unknown }[];
}

type Find = (kind: CatalogKind, namespace: string, name: string) => Promise<unknown>;

/** Asks for each resource once; one that cannot be read is undefined here and told by who needs it. */
function findOnce(catalog: Catalog): Find {
  const asked = new Map<string, Promise<unknown>>();
  return (kind, namespace, name) => {
    const key = `${kind}/${namespace}/${name}`;
    const answer = asked.get(key) ?? catalog.find(kind, namespace, name).catch(() => undefined);
    asked.set(key, answer);
    return answer;
  };
}

async function isCurrent({ candidate: { namespace }, from }: Known, find: Find): Promise<boolean> {
  for (const { kind, name, value } of from) if ((await find(kind, namespace, name)) !== value) return false;
  return true;
}

async function workOut(found: FoundComponent, catalog: Catalog, flows: Flows, find: Find): Promise<Known> {
  const { candidate, needs } = await workOutCandidate(found, catalog, flows);
  const from = needs.map(async (one) => ({ ...one, value: await find(one.kind, found.namespace, one.name) }));
  return { candidate, from: await Promise.all(from) };
}
