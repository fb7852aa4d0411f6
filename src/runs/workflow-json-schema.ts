import { apiVersion } from '../openchoreo/kinds/fields.ts';
import { type JsonSchema, toJsonSchema } from '../openchoreo/workflow/json-schema.ts';
import type { WorkflowSchema } from './workflow-schema.ts';

const dialect = { $schema: 'https://json-schema.org/draft/2020-12/schema' };

/** The JSON Schema of what a run may write into `spec.workflow.parameters`. */
export function parametersJsonSchema(name: string, { parameters }: WorkflowSchema): JsonSchema {
  return { ...dialect, title: `Parameters of the ComponentWorkflow ${name}`, ...toJsonSchema(parameters) };
}

/** The JSON Schema of a whole ComponentWorkflowRun of that workflow, for editors. */
export function runJsonSchema(name: string, { systemParameters, parameters }: WorkflowSchema): JsonSchema {
  const own = toJsonSchema(parameters);
  const text = { type: 'string', minLength: 1 };
  const workflow = {
    name: { const: name },
    systemParameters: toJsonSchema(systemParameters),
    parameters: own,
  };
  const needed = ['name', 'systemParameters', ...('required' in own ? ['parameters'] : [])];
  return {
    ...dialect,
    title: `A ComponentWorkflowRun of ${name}`,
    ...map({
      apiVersion: { const: apiVersion },
      kind: { const: 'ComponentWorkflowRun' },
      metadata: { type: 'object', properties: { name: text, namespace: text }, required: ['name'] },
      spec: map(
        {
          owner: map({ projectName: text, componentName: text }),
          workflow: { ...map(workflow), required: needed },
          ttlAfterCompletion: { type: 'string', pattern: '^(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?$' },
        },
        ['owner', 'workflow'],
      ),
    }),
  };
}

function map(properties: JsonSchema, required = Object.keys(properties)): JsonSchema {
  return { type: 'object', properties, required };
}
