import { buildArguments } from '../../../src/runs/build-arguments.ts';
import type { Plan } from '../../../src/runs/plan.ts';

/** A build of this kind of the application in `app`, with no parameter set. */
export function planFor(app: string, kind: 'react' | 'buildpacks' = 'react'): Pick<Plan, 'build' | 'source'> {
  const { plan: build, error } = buildArguments[kind].read({}, app);
  if (build === undefined) throw error;
  const source = {
    repository: 'https://code.example/shop',
    branch: 'main',
    commit: null,
    appPath: app,
    descriptorPath: 'workload.yaml',
    descriptorRequired: false,
    allowUnreachableCommit: false,
  };
  return { build, source };
}
