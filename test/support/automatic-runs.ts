import { createFindMissedPushes } from '../../activities/find-missed-pushes.ts';
import type { Activities } from '../../activities/index.ts';
import { createJudgeDelivery } from '../../activities/judge-delivery.ts';
import { createRequestRuns } from '../../activities/request-runs.ts';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { Failure } from '../../src/failures.ts';
import type { SourceRepositories } from '../../src/git/git.ts';
import { valueAt } from '../../src/openchoreo/workflow/render.ts';
import { builtInFlows } from '../../src/runs/flows.ts';
import { readRunRequest } from '../../src/runs/run-request.ts';
import { findAutomaticRun, lastRequested } from '../../src/temporal/last-requested.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import { createFindCandidates } from '../../src/webhooks/candidates.ts';
import type { QueueOptions } from '../../workflows/component-queue.ts';
import { fakeSteps, type Journal } from './fake-steps.ts';

export interface AutomaticRuns {
  readonly catalog: () => Catalog;
  readonly journal?: Journal;
  /** How long a build takes. */
  readonly buildMs?: number;
  /** Changed paths from git; by default git is away. */
  readonly changedPaths?: SourceRepositories['changedPaths'];
  /** What the code host says instead. */
  readonly changedFiles?: () => Promise<readonly string[] | null>;
  readonly start?: typeof startRun;
  readonly queue?: Partial<QueueOptions>;
  /** What git says of repositories to sweeps; by default it is away. */
  readonly heads?: SourceRepositories['heads'];
  readonly ranges?: SourceRepositories['ranges'];
}

/** Steps that decide and start as they do, and runs that do nothing. */
export function automaticRuns(given: AutomaticRuns): Activities {
  const { journal = [], buildMs = 1, start = startRun } = given;
  const away = async () => {
    throw new Failure('Unavailable', 'the code host is away');
  };
  const fake = fakeSteps(journal, given.queue);
  const catalog: Catalog = {
    find: (...args) => given.catalog().find(...args),
    names: (...args) => given.catalog().names(...args),
    namespaces: () => given.catalog().namespaces(),
    components: (paths) => given.catalog().components(paths),
    now: () => given.catalog().now(),
    description: 'sample',
  };
  const findCandidates = createFindCandidates(builtInFlows);
  const sources = {
    changedPaths: given.changedPaths ?? away,
    heads: given.heads ?? away,
    ranges: given.ranges ?? away,
  };
  const openForge = async () => ({ changedFiles: given.changedFiles ?? away });
  const deps = {
    catalog,
    findCandidates,
    hosts: { aliases: {}, caseless: [] },
    openRemote: async (url: string) => ({ url, authorization: undefined }),
    sources,
    openForge,
    startRun: start,
    lastRequested,
    findAutomaticRun,
  };
  return {
    ...fake,
    ...createJudgeDelivery(deps),
    ...createRequestRuns(deps),
    ...createFindMissedPushes(deps),
    async resolveRun({ run }) {
      const { name, component, trigger, namespace, systemParameters } = readRunRequest(run, null);
      const commit = valueAt(systemParameters, 'repository.revision.commit');
      const resolved = await fake.resolveRun({
        run: { name, component, buildMs, ...(typeof commit === 'string' && { commit }) },
      });
      return { ...resolved, plan: { ...resolved.plan, namespace, trigger } };
    },
  };
}
