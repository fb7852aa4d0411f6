import { z } from 'zod';
import { Failure } from '../failures.ts';
import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import type { Problem } from '../openchoreo/workflow/problem.ts';
import { renderTemplate, type TemplateScope, valueAt } from '../openchoreo/workflow/render.ts';

/** How a flow builds images. */
export type FlowKind = 'docker' | 'buildpacks' | 'react';

/** Which kind of build each flow is, by the name in a run template's `workflowTemplateRef`. */
export type Flows = Readonly<Record<string, FlowKind>>;

/** The flows that are there without any setting. */
export const builtInFlows: Flows = {
  'docker-gitops-release': 'docker',
  'google-cloud-buildpacks-gitops-release': 'buildpacks',
  'react-gitops-release': 'react',
};

const kinds = ['docker', 'buildpacks', 'react'] as const;

/** Reads `acme-docker=docker` and the like, one text each, into a table that has the built-in flows too. */
export const FlowTable = z.array(z.string()).transform((texts, context): Flows => {
  const own = texts.map((text) => {
    const [, name = '', word] = /^([a-z0-9][a-z0-9.-]*)=(\w+)$/.exec(text) ?? [];
    const kind = kinds.find((one) => one === word);
    if (kind === undefined)
      context.addIssue(`${JSON.stringify(text)} must be <name of a workflow template>=${kinds.join(' or …=')}`);
    return [name, kind ?? 'docker'] as const;
  });
  return { ...builtInFlows, ...Object.fromEntries(own) };
});

export interface Flow {
  readonly name: string;
  readonly kind: FlowKind;
}

/** The flow that a run template names, or what is wrong with how it names one. */
export function findFlow(
  runTemplate: unknown,
  scope: TemplateScope | null,
  flows: Flows,
): { readonly flow?: Flow; readonly problems: readonly Problem[] } {
  const path = 'spec.runTemplate.spec.workflowTemplateRef.name';
  const template = isPlainObject(runTemplate) ? valueAt(runTemplate, 'spec.workflowTemplateRef.name') : undefined;
  const { value, problems } = renderTemplate(template, scope, path);
  const names = Object.keys(flows).join(', ');
  if (problems.length > 0) return { problems };
  if (typeof value !== 'string') return { problems: [{ path, message: `must name a flow: ${names}` }] };
  const kind = Object.hasOwn(flows, value) ? flows[value] : undefined;
  if (kind !== undefined) return { flow: { name: value, kind }, problems };
  const message = `the flow "${value}" is not known. Name one of ${names}, or add yours to SLIPWAY_FLOWS, such as ${value}=docker.`;
  return { problems: [{ path, message }] };
}

/** As `findFlow`. Throws `ManifestInvalid` where a run template names no flow that is known. */
export function readFlow(runTemplate: unknown, scope: TemplateScope | null, flows: Flows, owner: string): Flow {
  const { flow, problems } = findFlow(runTemplate, scope, flows);
  if (flow !== undefined) return flow;
  const [problem] = problems;
  throw new Failure('ManifestInvalid', `${owner}: ${problem?.path}: ${problem?.message}`);
}
