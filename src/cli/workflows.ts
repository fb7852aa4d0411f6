import type { Catalog } from '../catalog/catalog.ts';
import type { Flows } from '../runs/flows.ts';
import { nearNames } from '../runs/near-names.ts';
import { didYouMean, UsageError } from './usage.ts';

/** Where ComponentWorkflows are, and what they may name. */
export interface WorkflowTools {
  readonly catalog: Catalog;
  readonly flows: Flows;
}

/** What commands about ComponentWorkflows work with. */
export interface WorkflowDeps {
  /** Text of a file; `-` is standard input. */
  readFile(path: string): Promise<string>;
  /** The catalog of a folder, or that of the settings. Throws `UsageError` for settings that do not fit. */
  openTools(catalogFolder: string | undefined): Promise<WorkflowTools>;
  /** The flows of the settings. Throws `UsageError`. */
  readFlows(): Promise<Flows>;
}

/** The ComponentWorkflow of that name as it stands in the catalog. Throws `UsageError` where there is none. */
export async function findWorkflow(catalog: Catalog, namespace: string, name: string): Promise<unknown> {
  const found = await catalog.find('ComponentWorkflow', namespace, name);
  if (found !== undefined) return found;
  const names = await catalog.names('ComponentWorkflow', namespace);
  const hint =
    didYouMean(nearNames(name, names)) || (names.length > 0 ? `. There are ${names.join(', ')}` : '. There are none');
  throw new UsageError(
    `there is no ComponentWorkflow "${name}" in the namespace "${namespace}" of the ${catalog.description}${hint}`,
  );
}

/** The namespaces to look into: the given one, else all that hold Components, and the usual one. */
export async function namespacesOf(catalog: Catalog, namespace: string | undefined): Promise<readonly string[]> {
  if (namespace !== undefined) return [namespace];
  return [...new Set([...(await catalog.namespaces()), 'default'])].sort();
}
