import { type Entry, sharedKinds } from './entry.ts';
import type { RepositoryScan } from './scan.ts';

/** Whose release is generated. */
export interface ReleaseOwner {
  readonly namespace: string;
  readonly project: string;
  readonly component: string;
}

/** What a release of the component can reach: its own resources, its Project, and what the platform offers to all. */
export function entriesForRelease(
  scan: RepositoryScan,
  { namespace, project, component }: ReleaseOwner,
): readonly Entry[] {
  const owner = { project, component };
  return [
    ...scan.select('Component', { namespace, name: component }),
    ...scan.select('Project', { namespace, name: project }),
    ...scan.select('Workload', owner),
    ...scan.select('ComponentRelease', owner),
    ...scan.select('ReleaseBinding', owner),
    // Which of these it is, only the Component and the Project tell.
    ...sharedKinds.flatMap((kind) => scan.select(kind, {})),
  ];
}
