import { ComponentWorkflow } from '../openchoreo/kinds/component-workflow.ts';
import { invalidManifest } from '../runs/template-scope.ts';
import { parametersJsonSchema, runJsonSchema } from '../runs/workflow-json-schema.ts';
import { readWorkflowSchema } from '../runs/workflow-schema.ts';
import { zodProblems } from '../runs/zod-problems.ts';
import { type Outs, runCommand } from './usage.ts';
import { findWorkflow, type WorkflowDeps } from './workflows.ts';

const help = `slipway workflow schema NAME [-n NS] [--catalog DIR] [--run]

Prints the JSON Schema (draft 2020-12) of a ComponentWorkflow's parameters: what a run may write
into spec.workflow.parameters.

  NAME                   the ComponentWorkflow
  -n, --namespace NS     its namespace (default: default)
  --catalog DIR          YAML files, such as a checkout of the GitOps repository (default:
                         SLIPWAY_CATALOG)
  --run                  the schema of a whole ComponentWorkflowRun instead. Editors check a file by
                         it whose first line is
                         # yaml-language-server: $schema=./run.schema.json

  slipway workflow schema docker-gitops-release --catalog ./gitops
  slipway workflow schema docker-gitops-release --run > run.schema.json

Exit codes: 0 printed, 1 the ComponentWorkflow has mistakes, 2 wrong usage.
`;

const options = {
  namespace: { type: 'string', short: 'n', default: 'default' },
  catalog: { type: 'string' },
  run: { type: 'boolean', default: false },
} as const;

/** Prints the JSON Schema of a ComponentWorkflow's parameters, or of its runs. */
export async function workflowSchema(args: readonly string[], deps: WorkflowDeps, outs: Outs): Promise<number> {
  const usage = { command: 'workflow schema', help, options, argument: 'NAME' };
  return runCommand(usage, args, outs, async ({ namespace, catalog: folder, run }, name) => {
    const { catalog } = await deps.openTools(folder);
    const value = await findWorkflow(catalog, namespace, name);
    const owner = `ComponentWorkflow ${namespace}/${name} in the ${catalog.description}`;
    const { data, error } = ComponentWorkflow.safeParse(value);
    if (data === undefined) throw invalidManifest(owner, zodProblems(error));
    const { schema, problems } = readWorkflowSchema(data);
    if (problems.length > 0) throw invalidManifest(owner, problems);
    const made = run ? runJsonSchema(name, schema) : parametersJsonSchema(name, schema);
    outs.out.write(`${JSON.stringify(made, null, 2)}\n`);
    return 0;
  });
}
