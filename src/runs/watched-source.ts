import { z } from 'zod';
import type { Catalog } from '../catalog/catalog.ts';
import { commonArguments } from './argument-schemas.ts';
import { buildArguments } from './build-arguments.ts';
import { findResources } from './find-resources.ts';
import { type Flows, readFlow } from './flows.ts';
import { BranchName } from './git-names.ts';
import { joinRepositoryPath } from './repository-path.ts';
import { invalidRun, readRunRequest } from './run-request.ts';
import { readArguments } from './template-arguments.ts';
import { secretRefOf, templateScope } from './template-scope.ts';
import { zodProblems } from './zod-problems.ts';

/** Where a component's source is and what of it goes into its image and release. */
export interface WatchedSource {
  /** URL as its run template gives it, in any form. */
  readonly repository: string;
  readonly branch: string;
  /** Secret that its repository is read with, where the component names one. */
  readonly secretRef?: string;
  /** Files, folders and patterns relative to the repository; `.` is all of it. */
  readonly watch: readonly string[];
  /** Of these, what does not count. */
  readonly ignore: readonly string[];
}

/**
 * Finds what a run would read, from its catalog alone; the run need not be able to succeed. Throws `InvalidRun`,
 * `ManifestInvalid`, `NotAllowed` where even that cannot be told.
 */
export async function watchedSource(run: unknown, catalog: Catalog, flows: Flows): Promise<WatchedSource> {
  const request = readRunRequest(run, null);
  const { workflow } = await findResources(request, catalog);
  const owner = `ComponentWorkflow ${request.namespace}/${request.workflow} in the ${catalog.description}`;
  const { scope } = templateScope(request, workflow, owner);
  const template = workflow.spec.runTemplate;
  const { kind } = readFlow(template, scope, flows, owner);
  const rendered = readArguments(template, scope).arguments;
  const values = Object.fromEntries([...rendered].map(([name, { value }]) => [name, value]));
  const parsed = SourceArguments.safeParse(values);
  const { plan, error = parsed.error } = buildArguments[kind].read(values, '.');
  if (!parsed.success || !plan) {
    const problems = error === undefined ? [] : zodProblems(error);
    throw invalidRun(problems.map(({ path, message }) => ({ path: rendered.get(path)?.path ?? path, message })));
  }
  const given = parsed.data;
  const appPath = given['app-path'];
  const secretRef = secretRefOf(scope['systemParameters']);
  return {
    repository: given['git-repo'],
    branch: given.branch,
    ...(secretRef !== null && { secretRef }),
    watch: [
      ...new Set([
        appPath,
        joinRepositoryPath(appPath, given['workload-descriptor-path']),
        ...(plan.kind === 'docker' ? [plan.context, plan.dockerfile] : []),
        ...given['slipway-watch-paths'],
      ]),
    ],
    ignore: given['slipway-ignore-paths'],
  };
}

const common = commonArguments({ namespace: '', project: '', component: '' }, { httpHosts: 'any' });

const SourceArguments = z.object({
  'git-repo': z.string(),
  branch: BranchName,
  'app-path': common['app-path'],
  'workload-descriptor-path': common['workload-descriptor-path'],
  'slipway-watch-paths': common['slipway-watch-paths'],
  'slipway-ignore-paths': common['slipway-ignore-paths'],
});
