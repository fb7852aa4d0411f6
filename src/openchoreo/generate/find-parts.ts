import { Failure } from '../../failures.ts';
import { Component } from '../kinds/component.ts';
import { ComponentType } from '../kinds/component-type.ts';
import { DeploymentPipeline } from '../kinds/deployment-pipeline.ts';
import { Project } from '../kinds/project.ts';
import { Trait } from '../kinds/trait.ts';
import type { Entry, ScannedKind } from '../repository/entry.ts';
import type { ReleaseOwner } from '../repository/paths-for-release.ts';
import { checked, type Repository } from '../repository/repository.ts';
import { type PipelineEnvironments, pipelineEnvironments } from './release-binding.ts';

/** Takes a warning that people should see beside the result. */
export type Warn = (warning: string) => void;

/** The component with its type and traits by name, and the folder that it is in. Throws `ManifestInvalid` for what is missing or wrong. */
export function findComponent(
  repository: Repository,
  { namespace, project, component: name }: ReleaseOwner,
  warn: Warn,
) {
  const entry = chooseOne(repository, 'Component', { namespace, name }, warn);
  if (!entry)
    throw missing(
      repository,
      `Component ${name} is not in namespace ${namespace} of the GitOps repository; add its component.yaml`,
    );
  const manifest = repository.read(entry);
  const component = checked(Component, manifest);
  const owner = component.spec.owner.projectName;
  if (owner !== project) {
    throw invalid(
      `${manifest.place}: Component ${name} belongs to project ${owner}, not ${project}; correct spec.owner.projectName or the run's owner`,
    );
  }
  const { componentType } = component.spec;
  if (typeof componentType === 'string') {
    throw invalid(
      `${manifest.place}: Component ${name}: spec.componentType is text, which dialect v0.15 has and which is not supported yet; write {kind: ComponentType, name: ${componentType}}`,
    );
  }
  const type = findType(repository, componentType.name, manifest.place, namespace, warn);
  const names = new Set((component.spec.traits ?? []).map((trait) => trait.name ?? ''));
  const traits = new Map(
    [...names].map((trait) => [trait, findTrait(repository, trait, manifest.place, namespace, warn)]),
  );
  return { component, entry, type, traits };
}

/** The pipeline (the Project's where none is named) with its environments. Throws `ManifestInvalid` for what is missing or wrong. */
export function findPipeline(
  repository: Repository,
  { namespace, project }: ReleaseOwner,
  wanted: string | null,
  warn: Warn,
): { readonly name: string; readonly place: string; readonly environments: PipelineEnvironments } {
  const { name, referrer } =
    wanted === null ? pipelineOfProject(repository, namespace, project, warn) : { name: wanted, referrer: 'the run' };
  const entry = chooseShared(repository, 'DeploymentPipeline', name, namespace, warn);
  if (!entry)
    throw missing(
      repository,
      `DeploymentPipeline ${name}, named by ${referrer}, is not in the GitOps repository; add it or correct the name`,
    );
  const manifest = repository.read(entry);
  return {
    name,
    place: manifest.place,
    environments: pipelineEnvironments(checked(DeploymentPipeline, manifest), manifest.place),
  };
}

/** The one entry with these fields: the last by path where there are several, with a warning. */
export function chooseOne(
  repository: Repository,
  kind: ScannedKind,
  fields: Partial<Entry>,
  warn: Warn,
): Entry | undefined {
  const found = repository.find(kind, fields);
  const chosen = found.at(-1);
  const others = [...repository.shadowed(kind, fields), ...found.slice(0, -1)];
  if (chosen && others.length > 0) {
    warn(
      `${kind} ${chosen.name} is there more than once: ${chosen.path} is used, not ${others.map(({ path }) => path).join(', ')}`,
    );
  }
  return chosen;
}

/** What is said when something is missing, with the unreadable files that may hold it. */
export function missing({ unreadable }: Repository, message: string): Failure {
  return invalid(unreadable.length === 0 ? message : `${message} (not read: ${unreadable.join('; ')})`);
}

function pipelineOfProject(repository: Repository, namespace: string, name: string, warn: Warn) {
  const entry = chooseOne(repository, 'Project', { namespace, name }, warn);
  if (!entry) {
    throw missing(
      repository,
      `Project ${name} is not in namespace ${namespace} of the GitOps repository; add it, or name a deployment pipeline in the run`,
    );
  }
  const manifest = repository.read(entry);
  const reference = checked(Project, manifest).spec.deploymentPipelineRef;
  const pipeline = typeof reference === 'string' ? reference : reference?.name;
  if (pipeline) return { name: pipeline, referrer: `${manifest.place} (spec.deploymentPipelineRef)` };
  throw invalid(`${manifest.place}: Project ${name} has no deployment pipeline; set spec.deploymentPipelineRef`);
}

function findType(
  repository: Repository,
  reference: string,
  place: string,
  namespace: string,
  warn: Warn,
): ComponentType {
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  const entry = chooseShared(repository, 'ComponentType', name, namespace, warn);
  if (entry) return checked(ComponentType, repository.read(entry));
  throw missing(
    repository,
    `${place}: spec.componentType names ComponentType ${name}, which is not in the GitOps repository; add it or correct the name`,
  );
}

function findTrait(repository: Repository, name: string, place: string, namespace: string, warn: Warn): Trait {
  const entry = chooseShared(repository, 'Trait', name, namespace, warn);
  if (entry) return checked(Trait, repository.read(entry));
  throw missing(
    repository,
    `${place}: spec.traits names Trait ${name}, which is not in the GitOps repository; add it or correct the name`,
  );
}

/** Platform resources are found in any namespace, the component's own first. */
function chooseShared(
  repository: Repository,
  kind: ScannedKind,
  name: string,
  namespace: string,
  warn: Warn,
): Entry | undefined {
  const own = chooseOne(repository, kind, { name, namespace }, warn);
  return own ?? chooseOne(repository, kind, { name }, warn);
}

function invalid(message: string): Failure {
  return new Failure('ManifestInvalid', message);
}
