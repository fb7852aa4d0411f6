import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { Resolved } from '../activities/resolve-run.ts';
import type { Plan } from '../src/runs/plan.ts';
import type { SearchAttributeName } from '../src/temporal/names.ts';

type Labels = Partial<Record<SearchAttributeName, string>>;

/** Makes a run findable; does nothing where the server does not know our search attributes. */
export function labelRun({ searchAttributes }: Resolved, labels: Labels): void {
  if (!searchAttributes) return;
  upsertSearchAttributes(
    Object.entries(labels).map(([name, value]) => ({
      key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD),
      value,
    })),
  );
}

/** What a run is about. */
export function identity({ namespace, project, component, source }: Plan): Labels {
  return {
    SlipwayNamespace: namespace,
    SlipwayProject: project,
    SlipwayComponent: component,
    SlipwayRepository: source.repository,
  };
}
