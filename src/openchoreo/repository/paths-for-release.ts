import type { Entry } from './entry.ts';
import type { RepositoryScan } from './scan.ts';

/** Whose release is generated. */
export interface ReleaseOwner {
  readonly namespace: string;
  readonly project: string;
  readonly component: string;
}

/** The files whose texts a release of the component needs, in order: its own resources, its Project, and what the platform offers to all. */
export function pathsForRelease(scan: RepositoryScan, owner: ReleaseOwner): readonly string[] {
  return [...new Set(scan.entries.filter((entry) => matters(entry, owner)).map(({ path }) => path))].sort();
}

function matters(entry: Entry, { namespace, project, component }: ReleaseOwner): boolean {
  switch (entry.kind) {
    case 'Component':
      return entry.name === component && entry.namespace === namespace;
    case 'Project':
      return entry.name === project && entry.namespace === namespace;
    case 'Workload':
    case 'ComponentRelease':
    case 'ReleaseBinding':
      return entry.component === component && entry.project === project;
    // Which of these it is, only the Component and the Project tell.
    case 'ComponentType':
    case 'ClusterComponentType':
    case 'Trait':
    case 'ClusterTrait':
    case 'DeploymentPipeline':
      return true;
  }
}
