import type { z } from 'zod';
import type { Catalog, CatalogKind } from '../catalog/catalog.ts';
import { Failure } from '../failures.ts';
import { Component, type ComponentTypeReference } from '../openchoreo/kinds/component.ts';
import { ClusterComponentType, ComponentType } from '../openchoreo/kinds/component-type.ts';
import { ComponentWorkflow } from '../openchoreo/kinds/component-workflow.ts';
import { listProblems, type Problem } from '../openchoreo/workflow/problem.ts';
import { nearNames } from './near-names.ts';
import { invalidRun, type RunRequest } from './run-request.ts';
import { zodProblems } from './zod-problems.ts';

/** What a run refers to, found and allowed. */
export interface RunResources {
  readonly component: Component;
  readonly workflow: ComponentWorkflow;
}

/**
 * Finds a run's Component and ComponentWorkflow and checks that the component's type allows it. Throws `InvalidRun` for what
 * is missing or belongs to another project, `ManifestInvalid` for what cannot be read, `NotAllowed`.
 */
export async function findResources(request: RunRequest, catalog: Catalog): Promise<RunResources> {
  const { namespace } = request;
  const [component, workflow] = await Promise.all([
    catalog.find('Component', namespace, request.component),
    catalog.find('ComponentWorkflow', namespace, request.workflow),
  ]);
  const missing: Problem[] = [];
  const describe = async (path: string, kind: CatalogKind, name: string): Promise<void> => {
    missing.push({ path, message: await missingMessage(catalog, kind, namespace, name) });
  };
  if (component === undefined) await describe('spec.owner.componentName', 'Component', request.component);
  if (workflow === undefined) await describe('spec.workflow.name', 'ComponentWorkflow', request.workflow);
  if (missing.length > 0) throw invalidRun(missing);

  const found = {
    component: readComponent(component, request, catalog),
    workflow: check(ComponentWorkflow, workflow, `ComponentWorkflow ${namespace}/${request.workflow}`, catalog),
  };
  await checkAllowed(request, found.component, catalog);
  return found;
}

/** Finds a run's Component alone. Throws as `findResources`. */
export async function findComponent(request: RunRequest, catalog: Catalog): Promise<Component> {
  const { namespace, component: name } = request;
  const component = await catalog.find('Component', namespace, name);
  if (component !== undefined) return readComponent(component, request, catalog);
  const message = await missingMessage(catalog, 'Component', namespace, name);
  throw invalidRun([{ path: 'spec.owner.componentName', message }]);
}

function readComponent(value: unknown, request: RunRequest, catalog: Catalog): Component {
  const component = check(Component, value, `Component ${request.namespace}/${request.component}`, catalog);
  const { projectName } = component.spec.owner;
  if (projectName === request.project) return component;
  const message = `the component ${request.component} belongs to the project "${projectName}", not "${request.project}"`;
  throw invalidRun([{ path: 'spec.owner.projectName', message }]);
}

/** A type that lists no workflows allows none, as in OpenChoreo. */
async function checkAllowed(request: RunRequest, component: Component, catalog: Catalog): Promise<void> {
  const { namespace } = request;
  const owner = `Component ${namespace}/${request.component}`;
  const type = typeReference(component.spec.componentType, namespace);
  if (type === undefined)
    throw new Failure(
      'ManifestInvalid',
      `${owner}: spec.componentType.kind: must be ${Object.keys(typeSchemas).join(' or ')}`,
    );
  const found = await catalog.find(type.kind, type.namespace, type.name);
  if (found === undefined) {
    const message = await missingMessage(catalog, type.kind, type.namespace, type.name);
    throw new Failure('ManifestInvalid', `${owner}: spec.componentType: ${message}`);
  }
  const title = [type.kind, [type.namespace, type.name].filter(Boolean).join('/')].join(' ');
  const allowed = allowedNames(check(typeSchemas[type.kind], found, title, catalog));
  if (allowed.includes(request.workflow)) return;
  throw new Failure(
    'NotAllowed',
    `${title} does not allow the workflow "${request.workflow}" (allowed: ${allowed.join(', ') || 'none'}). ` +
      `Add "${request.workflow}" to its spec.allowedWorkflows, or name an allowed one in the run's spec.workflow.name.`,
  );
}

const typeSchemas = { ComponentType, ClusterComponentType } as const;
type TypeKind = keyof typeof typeSchemas;
const isTypeKind = (kind: string): kind is TypeKind => Object.hasOwn(typeSchemas, kind);

/** The workflows that a type allows, in either shape of its list. */
export function allowedNames({ spec }: Pick<ComponentType, 'spec'>): readonly string[] {
  return (spec.allowedWorkflows ?? []).flatMap((one) => (typeof one === 'string' ? one : (one.name ?? [])));
}

/**
 * Which resource a component's type is, undefined for a kind that is none: `deployment/service` names `service`; what stands before
 * it is the workload's kind.
 */
export function typeReference(
  reference: ComponentTypeReference,
  namespace: string,
): { readonly kind: TypeKind; readonly namespace: string; readonly name: string } | undefined {
  const { kind, name } = typeof reference === 'string' ? { kind: undefined, name: reference } : reference;
  const known = kind ?? 'ComponentType';
  if (!isTypeKind(known)) return undefined;
  return {
    kind: known,
    namespace: known === 'ComponentType' ? namespace : '',
    name: name.slice(name.lastIndexOf('/') + 1),
  };
}

async function missingMessage(catalog: Catalog, kind: CatalogKind, namespace: string, name: string): Promise<string> {
  const near = nearNames(name, await catalog.names(kind, namespace));
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'add it there, or correct the name.';
  const where = namespace === '' ? 'in' : `in the namespace "${namespace}" of`;
  return `there is no ${kind} "${name}" ${where} the ${catalog.description}; ${hint}`;
}

function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  name: string,
  catalog: Catalog,
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Failure(
    'ManifestInvalid',
    `${name} in the ${catalog.description} cannot be read; correct these fields:${listProblems(zodProblems(parsed.error))}`,
  );
}
