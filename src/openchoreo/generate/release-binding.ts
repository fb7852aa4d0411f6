import { Failure } from '../../failures.ts';
import type { DeploymentPipeline } from '../kinds/deployment-pipeline.ts';
import { apiVersion } from '../kinds/fields.ts';
import { isMapping } from '../yaml/compose.ts';

/** The environments of a pipeline: where releases enter it, all that can be reached from there, and which comes before which. */
export interface PipelineEnvironments {
  readonly root: string;
  readonly known: ReadonlySet<string>;
  /** The environment that promotes to this one, or undefined for the root. */
  previous(environment: string): string | undefined;
}

/** Reads the promotion paths of a pipeline; `place` is the file, for messages. Throws `ManifestInvalid`. */
export function pipelineEnvironments(pipeline: DeploymentPipeline, place: string): PipelineEnvironments {
  const { name } = pipeline.metadata;
  const paths = pipeline.spec.promotionPaths ?? [];
  if (paths.length === 0) {
    throw new Failure(
      'ManifestInvalid',
      `${place}: DeploymentPipeline ${name} has no promotion paths; list them in spec.promotionPaths`,
    );
  }
  const targets = new Map<string, readonly string[]>();
  for (const path of paths) {
    const source = sourceName(path.sourceEnvironmentRef);
    if (source !== '') targets.set(source, targetNames(path.targetEnvironmentRefs));
  }
  const promoted = new Set([...targets.values()].flat());
  const root = [...targets.keys()].find((source) => !promoted.has(source));
  if (root === undefined) {
    throw new Failure(
      'ManifestInvalid',
      `${place}: DeploymentPipeline ${name} has no root environment; one sourceEnvironmentRef of spec.promotionPaths must name an environment and never be a target`,
    );
  }
  return {
    root,
    known: reachable(root, targets),
    previous: (environment) => [...targets].find(([, names]) => names.includes(environment))?.[0],
  };
}

/** Whom a new binding binds, where, and to which release. */
export interface BindingTarget {
  readonly namespace: string;
  readonly project: string;
  readonly component: string;
  readonly environment: string;
  readonly release: string;
}

/** The name of a component's binding in an environment when it is made new. */
export function bindingName(component: string, environment: string): string {
  return `${component}-${environment}`;
}

/** A new binding, exactly as the original tool writes it. */
export function newBinding({ namespace, project, component, environment, release }: BindingTarget) {
  return {
    apiVersion,
    kind: 'ReleaseBinding',
    metadata: { name: bindingName(component, environment), namespace },
    spec: { owner: { projectName: project, componentName: component }, environment, releaseName: release },
  };
}

/** Text, or an object as in v1.2. */
function sourceName(reference: unknown): string {
  const name = isMapping(reference) ? reference['name'] : reference;
  return typeof name === 'string' ? name : '';
}

function targetNames(references: unknown): readonly string[] {
  if (!Array.isArray(references)) return [];
  return references.flatMap((reference: unknown) => {
    const name = isMapping(reference) ? reference['name'] : undefined;
    return typeof name === 'string' && name !== '' ? [name] : [];
  });
}

function reachable(root: string, targets: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set([root]);
  // A set that grows while it is walked visits what was added.
  for (const environment of found) for (const target of targets.get(environment) ?? []) found.add(target);
  return found;
}
