import type { RunResult } from '../../src/runs/status.ts';
import { queueWorkflowId } from '../../src/temporal/names.ts';
import { type StartedRun, startRun } from '../../src/temporal/start-run.ts';
import { ownerOf } from './gitops-files.ts';
import { type RunTimes, readTimes } from './run-times.ts';
import type { TrafficCount } from './traffic.ts';
import type { BenchWorld } from './world.ts';

/** All that one run, alone on the machine, cost. */
export interface Observation {
  readonly result: RunResult;
  /** From the request to the result at the client. */
  readonly ms: number;
  readonly events: number;
  readonly historyKiB: number;
  readonly traffic: TrafficCount;
  readonly times: RunTimes;
}

/** Which run to start. */
export interface BenchRun {
  readonly name: string;
  readonly component: string;
  readonly commit: string;
  /** True where an image of the same inputs is used again. */
  readonly useRecord?: boolean;
}

/** Starts a run of a generated component. */
export async function startBenchRun(
  { client, sourceUrl }: BenchWorld,
  { name, component, commit, useRecord = false }: BenchRun,
): Promise<StartedRun['handle']> {
  const { namespace, project } = ownerOf(component);
  const run = {
    apiVersion: 'openchoreo.dev/v1alpha1',
    kind: 'ComponentWorkflowRun',
    metadata: { name, namespace, annotations: { 'slipway.dev/no-cache': String(!useRecord) } },
    spec: {
      owner: { projectName: project, componentName: component },
      workflow: {
        name: 'docker-gitops-release',
        systemParameters: { repository: { url: sourceUrl, revision: { branch: 'main', commit }, appPath: '.' } },
        parameters: { docker: { context: '.', filePath: './Dockerfile' } },
      },
    },
  };
  return (await startRun(client, { namespace, name, run, trigger: 'manual' })).handle;
}

/** Runs one run to its end with nothing beside it, and says what it cost. */
export async function observeRun(world: BenchWorld, run: BenchRun): Promise<Observation> {
  world.traffic.take();
  const started = performance.now();
  const handle = await startBenchRun(world, run);
  const result = await handle.result();
  const ms = performance.now() - started;
  const traffic = world.traffic.take();
  const { historyLength, historySize = 0 } = await handle.describe();
  const times = readTimes((await handle.fetchHistory()).events ?? []);
  return { result, ms, events: historyLength, historyKiB: historySize / 1024, traffic, times };
}

/** Events that the queue of a component has in its history. */
export async function queueEvents({ client }: BenchWorld, component: string): Promise<number> {
  return (await client.workflow.getHandle(queueWorkflowId(ownerOf(component))).describe()).historyLength;
}
