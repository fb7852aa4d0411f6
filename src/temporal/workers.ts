import { fileURLToPath } from 'node:url';
import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import type { Activities } from '../../activities/index.ts';
import { controlTaskQueue, deploymentName, taskQueue } from './names.ts';
import { createRunSinks, type RunWatch } from './run-sinks.ts';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly activities: Activities;
  readonly interceptors: NonNullable<NonNullable<WorkerOptions['interceptors']>['activity']>;
  readonly buildTaskQueue: string;
  /** Builds at once on this worker. */
  readonly buildsAtOnce: number;
  readonly watch?: RunWatch;
  /** Name of what these workers' code is; runs stay with the one that they began with. Undefined: any worker takes any run. */
  readonly version?: string | undefined;
}

const nobody: RunWatch = { ended() {}, hadTurn() {} };

/** Temporal says this of every worker that only builds; here it is meant so. */
export const expectedWarning = 'No workflows registered, not polling for workflow tasks';

/** Three workers in this process: workflows with short steps, builds, and what ends builds, so that none starves another. */
export async function createWorkers(options: WorkersOptions): Promise<readonly Worker[]> {
  const { connection, namespace, activities, interceptors, buildTaskQueue, buildsAtOnce, watch = nobody } = options;
  const { version: buildId } = options;
  const common = {
    connection,
    namespace,
    interceptors: { activity: interceptors },
    // Beats every 2 s are let through as they are, so that cancellation arrives with them.
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
    shutdownForceTime: '30s',
    // What a killed worker held in its cache is offered to others after this; the default of 10 s would show in every resume.
    stickyQueueScheduleToStartTimeout: '2s',
    ...(buildId !== undefined && {
      workerDeploymentOptions: {
        useWorkerVersioning: true as const,
        version: { deploymentName, buildId },
        defaultVersioningBehavior: 'PINNED' as const,
      },
    }),
  } as const;
  const { buildImage, cancelBuild, sweepJobs, ...short } = activities;
  return Promise.all([
    Worker.create({
      ...common,
      taskQueue,
      activities: short,
      sinks: createRunSinks(watch),
      ...workflowCode(buildId === undefined ? 'index' : 'versioned'),
    }),
    Worker.create({
      ...common,
      taskQueue: buildTaskQueue,
      activities: { buildImage },
      maxConcurrentActivityTaskExecutions: buildsAtOnce,
    }),
    Worker.create({ ...common, taskQueue: controlTaskQueue(buildTaskQueue), activities: { cancelBuild, sweepJobs } }),
  ]);
}

/** The checkout bundles its sources at start; the built package brings its bundle. */
function workflowCode(name: 'index' | 'versioned'): Pick<WorkerOptions, 'workflowsPath' | 'workflowBundle'> {
  const path = (file: string) => fileURLToPath(new URL(`../../workflows/${file}`, import.meta.url));
  return import.meta.url.endsWith('.ts')
    ? { workflowsPath: path(`${name}.ts`) }
    : { workflowBundle: { codePath: path(`${name}.bundle.js`) } };
}
