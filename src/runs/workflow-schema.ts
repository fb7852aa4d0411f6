import type { ComponentWorkflow } from '../openchoreo/kinds/component-workflow.ts';
import { checkTemplate, type KnownNames } from '../openchoreo/workflow/check-template.ts';
import { parseParameterSchema } from '../openchoreo/workflow/parameter-schema.ts';
import type { Problem } from '../openchoreo/workflow/problem.ts';
import { valueAt } from '../openchoreo/workflow/render.ts';
import type { ParameterFields } from '../openchoreo/workflow/shorthand.ts';
import { systemParameterFields, systemParameterProblems } from './system-parameters.ts';
import { argumentTemplates } from './template-arguments.ts';

/** What a run of a ComponentWorkflow may give. */
export interface WorkflowSchema {
  readonly systemParameters: ParameterFields;
  readonly parameters: ParameterFields;
}

/** Reads the schema of a ComponentWorkflow, and checks all that its run template fills in whatever a run's values are. */
export function readWorkflowSchema({ spec }: ComponentWorkflow): {
  readonly schema: WorkflowSchema;
  readonly problems: readonly Problem[];
} {
  const { types, systemParameters, parameters } = spec.schema ?? {};
  const system = parseParameterSchema(systemParameters, 'spec.schema.systemParameters', types ?? {});
  const own = parseParameterSchema(parameters, 'spec.schema.parameters', types ?? {});
  const schema = { systemParameters: systemParameterFields(system.fields), parameters: own.fields };
  const problems = [...system.problems, ...systemParameterProblems(system.fields), ...own.problems];
  // A field that could not be read is missing in the schema, and would be told again for each of its uses.
  if (problems.length > 0) return { schema, problems };
  return { schema, problems: templateProblems(spec.runTemplate, templateNames(schema)) };
}

/** What the templates of such a ComponentWorkflow may name. */
export function templateNames({ systemParameters, parameters }: WorkflowSchema): KnownNames {
  return { metadata, systemParameters, parameters, secretRef: undefined };
}

const metadata: ParameterFields = new Map(
  ['workflowRunName', 'componentName', 'projectName', 'namespaceName', 'namespace'].map((name) => [
    name,
    { type: { kind: 'string' } },
  ]),
);

/** Of the parts of a run template that are read. */
function templateProblems(runTemplate: unknown, known: KnownNames): readonly Problem[] {
  const parts = ['spec.workflowTemplateRef.name', 'metadata.namespace', 'spec.serviceAccountName'].map((path) => ({
    path: `spec.runTemplate.${path}`,
    template: valueAt(runTemplate, path),
  }));
  return [...parts, ...argumentTemplates(runTemplate)].flatMap(({ path, template }) =>
    checkTemplate(template, known, path),
  );
}
