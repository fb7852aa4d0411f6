import { cancellationSignal, getClient, sleep } from '@temporalio/activity';
import type { Activities } from '../../activities/index.ts';
import { createQueueSteps } from '../../activities/queue-messages.ts';
import { nothingCleaned } from '../../src/runs/cleaned.ts';
import type { Plan } from '../../src/runs/plan.ts';
import { queueWorkflowId, taskQueue } from '../../src/temporal/names.ts';
import type { QueueOptions } from '../../workflows/component-queue.ts';
import { usualJob } from './usual-job.ts';

/** A run for `fakeSteps`: what it is about and how long its parts take. */
export interface FakeRun {
  readonly name: string;
  readonly component: string;
  readonly environment?: string;
  readonly commit?: string;
  readonly keepAll?: boolean;
  readonly cloneMs?: number;
  readonly buildMs?: number;
  readonly commitMs?: number;
}

/** What happened, in order: `build <run>`, `pushed <run>`, `pull request <run>`. */
export type Journal = string[];

/** Steps that take time and keep a journal instead of touching anything; those of the queue are the real ones, with shorter waits. */
export function fakeSteps(journal: Journal, queue: Partial<QueueOptions> = {}): Activities {
  const runs = new Map<string, FakeRun>();
  const of = ({ run }: Plan) => runs.get(run) ?? { name: run, component: '' };
  return {
    async resolveRun({ run }) {
      const given = run as FakeRun;
      runs.set(given.name, given);
      return { plan: planOf(given), buildTaskQueue: 'slipway-build', searchAttributes: true, link: null };
    },
    async cloneSource({ plan }) {
      await sleep(of(plan).cloneMs ?? 1);
      const commit = plan.source.commit ?? plan.run;
      return { commit, subject: '', author: '', committedAt: 0, inputs: commit, descriptor: null, warnings: [] };
    },
    checkRelease: async () => undefined,
    compareCommits: async () => 'unrelated',
    isRunning: createQueueSteps().isRunning,
    tellEnded: createQueueSteps().tellEnded,
    async askForTurn({ request, ...component }) {
      await getClient().workflow.signalWithStart('componentQueue', {
        workflowId: queueWorkflowId(component),
        taskQueue,
        args: [{ namespace: component.namespace, checkEvery: '2s', idle: '5s', ...queue }],
        signal: 'ask',
        signalArgs: [request],
      });
    },
    async buildImage({ plan }) {
      journal.push(`build ${plan.run}`);
      await sleep(of(plan).buildMs ?? 1);
      cancellationSignal().throwIfAborted();
      return { digest: `sha256:${plan.run}`, reused: false };
    },
    cancelBuild: async () => undefined,
    sweepJobs: async () => 0,
    cleanBranches: async () => nothingCleaned,
    cleanRegistries: async () => nothingCleaned,
    cleanLogs: async () => nothingCleaned,
    pushImage: async ({ built }) => ({ reference: `image@${built.digest}`, digest: built.digest }),
    extractDescriptor: async () => ({ descriptor: null }),
    cloneGitops: async () => ({ base: 'base' }),
    generateResources: async ({ plan }) => ({
      tree: plan.run,
      unchanged: false,
      workload: 'w',
      release: `${plan.component}-r`,
      binding: 'b',
      environment: plan.gitops.environment ?? 'dev',
      pipeline: 'p',
      paths: [],
      warnings: [],
    }),
    async commitAndPush({ plan }) {
      await sleep(of(plan).commitMs ?? 1);
      journal.push(`pushed ${plan.run}`);
      return { kind: 'pushed', branch: `release/${plan.run}`, commit: 'c' };
    },
    async createPullRequest({ plan }) {
      journal.push(`pull request ${plan.run}`);
      return {
        outcome: 'released',
        pullRequest: { number: journal.length, url: 'http://127.0.0.1/pull' },
        warnings: [],
      };
    },
    async withdrawRelease({ plan }) {
      journal.push(`withdrawn ${plan.run}`);
    },
    reportStatus: async () => undefined,
    judgeDelivery: async () => ({ paths: { complete: true, count: 0, notes: [] }, starts: [], skips: [], omitted: 0 }),
    requestRuns: async () => [],
    findMissedPushes: async () => ({ heads: {}, missed: [], rest: 0, skips: [], omitted: 0, notes: [] }),
    requestMissedRuns: async () => [],
  };
}

function planOf(run: FakeRun): Plan {
  return {
    flow: 'docker-gitops-release',
    run: run.name,
    namespace: 'default',
    project: 'shop',
    component: run.component,
    source: {
      repository: 'https://github.com/acme/shop',
      branch: 'main',
      commit: run.commit ?? null,
      appPath: '.',
      descriptorPath: 'workload.yaml',
      descriptorRequired: false,
      allowUnreachableCommit: false,
    },
    build: { kind: 'docker', context: '.', dockerfile: 'Dockerfile' },
    job: usualJob,
    image: { registry: 'registry.example', name: 'shop', tag: 'v1' },
    gitops: {
      repository: 'https://github.com/acme/gitops',
      branch: 'main',
      environment: run.environment ?? null,
      pipeline: null,
    },
    settings: {
      buildTimeoutSeconds: 600,
      labels: [],
      reviewers: [],
      closeOlder: true,
      noCache: false,
      layerCache: true,
      keepAll: run.keepAll ?? false,
    },
    trigger: { kind: 'manual', actor: null, delivery: null, before: null, receivedAt: null },
    warnings: [],
  };
}
