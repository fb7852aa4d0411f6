import { Failure } from '../failures.ts';
import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
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

/** Name and kind of the flow that a run template names. Throws `ManifestInvalid` where it names none that is known. */
export function readFlow(
  runTemplate: unknown,
  scope: TemplateScope,
  flows: Flows,
  owner: string,
): { readonly name: string; readonly kind: FlowKind } {
  const path = 'spec.runTemplate.spec.workflowTemplateRef.name';
  const template = isPlainObject(runTemplate) ? valueAt(runTemplate, 'spec.workflowTemplateRef.name') : undefined;
  const { value, problems } = renderTemplate(template, scope, path);
  const [problem] = problems;
  if (problem !== undefined) throw new Failure('ManifestInvalid', `${owner}: ${path}: ${problem.message}`);
  if (typeof value !== 'string')
    throw new Failure('ManifestInvalid', `${owner}: ${path} must name a flow: ${names(flows)}`);
  const kind = Object.hasOwn(flows, value) ? flows[value] : undefined;
  if (kind === undefined) {
    throw new Failure(
      'ManifestInvalid',
      `${owner}: ${path}: the flow "${value}" is not known. Name one of ${names(flows)}, or add yours to the flows of the configuration.`,
    );
  }
  return { name: value, kind };
}

const names = (flows: Flows): string => Object.keys(flows).join(', ');
