import type { Catalog, CatalogKind, FoundComponent } from '../catalog/catalog.ts';
import { Failure, retryableByType } from '../failures.ts';
import { Component } from '../openchoreo/kinds/component.ts';
import { describeIssues } from '../openchoreo/kinds/issues.ts';
import { valueAt } from '../openchoreo/workflow/render.ts';
import { automaticRun } from '../runs/automatic-run.ts';
import { typeReference } from '../runs/find-resources.ts';
import type { Flows } from '../runs/flows.ts';
import { type WatchedSource, watchedSource } from '../runs/watched-source.ts';
import type { Candidate } from './candidates.ts';
import { repositoryPlace } from './repository-identity.ts';
import type { Judgement } from './verdict.ts';

/** A resource that decides what a Component is to pushes. */
export interface Need {
  readonly kind: CatalogKind;
  readonly namespace: string;
  readonly name: string;
}

/** What a Component is to pushes, and which other resources decide that. Throws what the catalog throws when it is away. */
export async function workOutCandidate(
  { namespace, name, value }: FoundComponent,
  catalog: Catalog,
  flows: Flows,
): Promise<{
  readonly candidate: Candidate;
  readonly needs: readonly Need[];
}> {
  const { data: component, error } = Component.safeParse(value);
  const project = valueAt(value, 'spec.owner.projectName');
  const url = valueAt(value, 'spec.workflow.systemParameters.repository.url');
  const id = `${namespace}/${typeof project === 'string' ? project : '?'}/${name}`;
  const place = typeof url === 'string' && url !== '' ? repositoryPlace(url) : null;
  if (component === undefined) {
    const detail =
      value === undefined ? 'the Component cannot be read' : `the Component does not fit: ${describeIssues(error)}`;
    return { candidate: { id, namespace, component, place, state: { reason: 'invalid', detail } }, needs: [] };
  }
  const hindrance = hindranceOf(component);
  if (hindrance !== undefined) {
    return { candidate: { id, namespace, component, place, state: hindrance }, needs: [] };
  }
  const state = await findSource(component, catalog, flows);
  const type = typeReference(component.spec.componentType, namespace);
  return {
    candidate: { id, namespace, component, place: 'watch' in state ? repositoryPlace(state.repository) : place, state },
    needs: [
      { kind: 'ComponentWorkflow', namespace, name: component.spec.workflow?.name ?? '' },
      ...(type === undefined ? [] : [type]),
    ],
  };
}

function hindranceOf({ metadata, spec }: Component): Judgement | undefined {
  if (metadata['deletionTimestamp']) return { reason: 'deleting', detail: 'the Component is being deleted' };
  if (spec.autoBuild !== true) return { reason: 'auto-build-off', detail: 'spec.autoBuild is not true' };
  if (!spec.workflow?.name) return { reason: 'no-workflow', detail: 'spec.workflow names no ComponentWorkflow' };
  return undefined;
}

/** Stands for any commit: which one it is does not change where the source is. */
const anyCommit = '0'.repeat(40);

async function findSource(component: Component, catalog: Catalog, flows: Flows): Promise<WatchedSource | Judgement> {
  const trigger = { kind: 'webhook', actor: null, delivery: null, receivedAt: null } as const;
  try {
    const run = automaticRun(component, { commit: anyCommit, before: null, occurrence: '', trigger });
    return await watchedSource(run, catalog, flows);
  } catch (error) {
    if (!(error instanceof Failure) || retryableByType[error.type]) throw error;
    const reason = error.type === 'NotAllowed' ? 'not-allowed' : 'invalid';
    return { reason, detail: `its run would be refused: ${error.message}` };
  }
}
