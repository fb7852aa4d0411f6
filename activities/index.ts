import { type BuildDeps, createBuildSteps } from './build-image.ts';
import { createCheckRelease } from './check-release.ts';
import { type CleanBranchesDeps, createCleanBranches } from './clean-branches.ts';
import { type CleanLogsDeps, createCleanLogs } from './clean-logs.ts';
import { type CleanRegistriesDeps, createCleanRegistries } from './clean-registries.ts';
import { createCloneGitops } from './clone-gitops.ts';
import { createSourceSteps, type SourceDeps } from './clone-source.ts';
import { type CommitDeps, createCommitAndPush } from './commit-and-push.ts';
import { createCreatePullRequest } from './create-pull-request.ts';
import { createExtractDescriptor, createReadDescriptor } from './extract-descriptor.ts';
import { createFindMissedPushes, type MissedPushesDeps } from './find-missed-pushes.ts';
import { createGenerateResources } from './generate-resources.ts';
import { createJudgeDelivery, type JudgeDeps } from './judge-delivery.ts';
import { createPushImage } from './push-image.ts';
import { createQueueSteps } from './queue-messages.ts';
import { createWithRepository } from './read-repository.ts';
import { createReportStatus } from './report-status.ts';
import { createRequestRuns, type RequestDeps } from './request-runs.ts';
import { createResolveRun, type ResolveDeps } from './resolve-run.ts';
import { createSweepJobs, type SweepDeps } from './sweep-jobs.ts';
import { createWithdrawRelease } from './withdraw-release.ts';

export type StepDeps = ResolveDeps &
  SourceDeps &
  BuildDeps &
  SweepDeps &
  CleanBranchesDeps &
  CleanRegistriesDeps &
  CleanLogsDeps &
  JudgeDeps &
  MissedPushesDeps &
  RequestDeps &
  Omit<CommitDeps, 'readDescriptor' | 'withRepository'>;

export type Activities = ReturnType<typeof createActivities>;

/** All steps by their Temporal names. */
export function createActivities(given: StepDeps) {
  const deps = { ...given, readDescriptor: createReadDescriptor(given), withRepository: createWithRepository() };
  return {
    ...createResolveRun(deps),
    ...createSourceSteps(deps),
    ...createQueueSteps(),
    ...createJudgeDelivery(deps),
    ...createFindMissedPushes(deps),
    ...createRequestRuns(deps),
    ...createCheckRelease(deps),
    ...createBuildSteps(deps),
    ...createSweepJobs(deps),
    ...createCleanBranches(deps),
    ...createCleanRegistries(deps),
    ...createCleanLogs(deps),
    ...createPushImage(deps),
    ...createExtractDescriptor(deps),
    ...createCloneGitops(deps),
    ...createGenerateResources(deps),
    ...createCommitAndPush(deps),
    ...createCreatePullRequest(deps),
    ...createWithdrawRelease(deps),
    ...createReportStatus(deps),
  };
}
