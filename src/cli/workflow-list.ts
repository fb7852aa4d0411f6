import type { Catalog } from '../catalog/catalog.ts';
import { ClusterComponentType, ComponentType } from '../openchoreo/kinds/component-type.ts';
import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import { valueAt } from '../openchoreo/workflow/render.ts';
import { checkWorkflow } from '../runs/check-workflow.ts';
import { allowedNames } from '../runs/find-resources.ts';
import { type Outs, runCommand } from './usage.ts';
import { namespacesOf, type WorkflowDeps, type WorkflowTools } from './workflows.ts';

const help = `slipway workflow list [-n NS] [--catalog DIR] [--json]

Lists the ComponentWorkflows of the catalog, with the flow that each runs and the ComponentTypes
whose components may use it.

  -n, --namespace NS     only this namespace (default: all that hold Components, and "default")
  --catalog DIR          YAML files, such as a checkout of the GitOps repository (default:
                         SLIPWAY_CATALOG)
  --json                 prints one JSON object a line instead: namespace, name, description, flow,
                         build (docker, buildpacks or react; null where the flow is not known),
                         allowedBy (ComponentTypes), mistakes and warnings (how many)

  slipway workflow list --catalog ./gitops
  slipway workflow list --json | jq -r 'select(.allowedBy == []).name'

Exit codes: 0 listed, also when there are none; 1 the catalog cannot be read; 2 wrong usage.
`;

const options = {
  namespace: { type: 'string', short: 'n' },
  catalog: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

interface ListedWorkflow {
  readonly namespace: string;
  readonly name: string;
  readonly description: string | null;
  readonly flow: string | null;
  readonly build: string | null;
  readonly allowedBy: readonly string[];
  readonly mistakes: number;
  readonly warnings: number;
}

/** Lists ComponentWorkflows and which types allow each. */
export async function workflowList(args: readonly string[], deps: WorkflowDeps, { out, err }: Outs): Promise<number> {
  return runCommand({ command: 'workflow list', help, options }, args, { out, err }, async (values) => {
    const tools = await deps.openTools(values.catalog);
    const spaces = await namespacesOf(tools.catalog, values.namespace);
    const found = (await Promise.all(spaces.map((namespace) => listNamespace(tools, namespace)))).flat();
    if (values.json) out.write(found.map((one) => `${JSON.stringify(one)}\n`).join(''));
    else if (found.length === 0) err.write(`There are no ComponentWorkflows in the ${tools.catalog.description}.\n`);
    else out.write(table(found));
    return 0;
  });
}

async function listNamespace({ catalog, flows }: WorkflowTools, namespace: string): Promise<ListedWorkflow[]> {
  const [names, types] = await Promise.all([
    catalog.names('ComponentWorkflow', namespace),
    allowing(catalog, namespace),
  ]);
  return Promise.all(
    names.map(async (name) => {
      const value = await catalog.find('ComponentWorkflow', namespace, name);
      const { flow, mistakes, warnings } = checkWorkflow(value, flows);
      const annotations = valueAt(value, 'metadata.annotations');
      const description = isPlainObject(annotations) ? annotations['openchoreo.dev/description'] : undefined;
      return {
        namespace,
        name,
        description: typeof description === 'string' ? description : null,
        flow: flow?.name ?? null,
        build: flow?.kind ?? null,
        allowedBy: types.filter(({ allowed }) => allowed.includes(name)).map((type) => type.name),
        mistakes: mistakes.length,
        warnings: warnings.length,
      };
    }),
  );
}

/** The types of a namespace and of all, with the workflows that each allows; one that cannot be read allows none. */
async function allowing(catalog: Catalog, namespace: string) {
  const own = await catalog.names('ComponentType', namespace);
  // A cluster may not have the kind, or not let it be read; what else is wrong with it, others have told.
  const ofAll = await catalog.names('ClusterComponentType', '').catch(() => []);
  return Promise.all([
    ...own.map(async (name) => {
      const { data } = ComponentType.safeParse(await catalog.find('ComponentType', namespace, name));
      return { name, allowed: data === undefined ? [] : allowedNames(data) };
    }),
    ...ofAll.map(async (name) => {
      const { data } = ClusterComponentType.safeParse(await catalog.find('ClusterComponentType', '', name));
      return { name: `${name} (all namespaces)`, allowed: data === undefined ? [] : allowedNames(data) };
    }),
  ]);
}

function table(found: readonly ListedWorkflow[]): string {
  const rows = [['NAME', 'FLOW', 'ALLOWED BY'], ...found.map(row)];
  const widths = [0, 1].map((column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map(
      (cells) =>
        `${cells
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function row({ namespace, name, flow, allowedBy, mistakes }: ListedWorkflow): string[] {
  const wrong =
    mistakes === 0 ? '' : `  (${mistakes} mistake${mistakes === 1 ? '' : 's'}: slipway workflow validate ${name})`;
  return [`${namespace}/${name}`, flow ?? '?', `${allowedBy.join(', ') || 'no type'}${wrong}`];
}
