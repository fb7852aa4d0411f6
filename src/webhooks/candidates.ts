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
    const { ask, same } = createQuestions(now);
    const paths = urls?.flatMap((url) => repositoryPlace(url)?.path.toLowerCase() ?? []);
    const found = (await now.components(paths)).map((one) => ({
      one,
      last: isPlainObject(one.value) ? known.get(one.value) : undefined,
    }));
    await ask(found.flatMap(({ last }) => last?.from ?? []));
    const candidates: Candidate[] = [];
    for (const { one, last } of found) {
      const isKnown = last !== undefined && same(last.from);
      // Thousands that are new must not hold up everything else.
      if (!isKnown) await new Promise((resolve) => setImmediate(resolve));
      const current = isKnown ? last : await workOut(one, now, flows, ask);
      if (isPlainObject(one.value)) known.set(one.value, current);
      candidates.push(current.candidate);
    }
    return candidates;
  };
}

/** A candidate and the resources that it was worked out from, as they were. */
interface Known {
  readonly candidate: Candidate;
  readonly from: readonly Source[];
}

interface Source {
  readonly key: string;
  readonly need: Need;
  readonly value: unknown;
}

/** Asks a catalog for each resource once. One that cannot be read is undefined here and told by who needs it. */
function createQuestions(catalog: Catalog) {
  const values = new Map<string, unknown>();
  return {
    /** The values of these. */
    async ask(wanted: readonly Pick<Source, 'key' | 'need'>[]): Promise<readonly unknown[]> {
      for (const { key, need } of wanted) {
        // Ten thousand components name the same few; to wait for what is there already would take longer than all the rest.
        if (values.has(key)) continue;
        values.set(key, await catalog.find(need.kind, need.namespace, need.name).catch(() => undefined));
      }
      return wanted.map(({ key }) => values.get(key));
    },
    /** Are they all what they were? */
    same: (sources: readonly Source[]) => sources.every(({ key, value }) => values.get(key) === value),
  };
}

async function workOut(
  found: FoundComponent,
  catalog: Catalog,
  flows: Flows,
  ask: ReturnType<typeof createQuestions>['ask'],
): Promise<Known> {
  const { candidate, needs } = await workOutCandidate(found, catalog, flows);
  const wanted = needs.map((need) => ({ key: Object.values(need).join('/'), need }));
  const values = await ask(wanted);
  return { candidate, from: wanted.map((one, at) => ({ ...one, value: values[at] })) };
}
