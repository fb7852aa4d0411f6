import { Failure } from '../../failures.ts';
import { DeploymentPipeline } from '../kinds/deployment-pipeline.ts';
import { Project } from '../kinds/project.ts';
import type { ReleaseOwner } from '../repository/entries-for-release.ts';
import { checked, type Repository } from '../repository/repository.ts';
import type { Warn } from '../warning.ts';
import { chooseOne, chooseShared, missing } from './choose-one.ts';
import type { Dialect } from './dialect.ts';
import { type PipelineEnvironments, pipelineEnvironments } from './release-binding.ts';

/** The pipeline (the Project's where none is named, which in v1.2 is no text) with its environments. Throws `ManifestInvalid` for what is missing or wrong. */
export function findPipeline(
  repository: Repository,
  owner: ReleaseOwner,
  wanted: string | null,
  warn: Warn,
  dialect?: Dialect,
): { readonly name: string; readonly place: string; readonly environments: PipelineEnvironments } {
  const { name, referrer } =
    wanted === null ? pipelineOfProject(repository, owner, warn, dialect) : { name: wanted, referrer: 'the run' };
  const entry = chooseShared(repository, 'DeploymentPipeline', name, owner.namespace, warn);
  if (!entry)
    throw missing(
      repository,
      owner,
      `DeploymentPipeline ${name}, named by ${referrer}, is not in the GitOps repository; add it or correct the name`,
    );
  const manifest = repository.read(entry);
  return {
    name,
    place: manifest.place,
    environments: pipelineEnvironments(checked(DeploymentPipeline, manifest), manifest.place),
  };
}

function pipelineOfProject(repository: Repository, owner: ReleaseOwner, warn: Warn, dialect: Dialect | undefined) {
  const { namespace, project: name } = owner;
  const entry = chooseOne(repository, 'Project', { namespace, name }, warn);
  if (!entry) {
    throw missing(
      repository,
      owner,
      `Project ${name} is not in namespace ${namespace} of the GitOps repository; add it, or name a deployment pipeline`,
    );
  }
  const manifest = repository.read(entry);
  const reference = checked(Project, manifest).spec.deploymentPipelineRef;
  const pipeline = typeof reference === 'string' ? reference : reference?.name;
  if (dialect === 'v1.2' && pipeline && typeof reference === 'string') {
    throw invalid(
      `${manifest.place}: Project ${name}: spec.deploymentPipelineRef is text, while its Component is of dialect v1.2; write {kind: DeploymentPipeline, name: ${pipeline}}`,
    );
  }
  if (pipeline) return { name: pipeline, referrer: `${manifest.place} (spec.deploymentPipelineRef)` };
  throw invalid(`${manifest.place}: Project ${name} has no deployment pipeline; set spec.deploymentPipelineRef`);
}

function invalid(message: string): Failure {
  return new Failure('ManifestInvalid', message);
}
