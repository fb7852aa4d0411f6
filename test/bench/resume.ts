import { setTimeout as sleep } from 'node:timers/promises';
import { componentName } from './gitops-files.ts';
import { startBenchRun } from './observe-run.ts';
import type { Section } from './section.ts';
import { visits } from './waiting-plane.ts';
import type { BenchWorker, BenchWorld } from './world.ts';

const buildMs = 4000;
/** How far into the build its worker dies. */
const killAfterMs = 1000;

/** Two workers; the one that waits for the build is killed without warning, and the other one takes the build over. */
export async function resume(world: BenchWorld, components: readonly number[]): Promise<Section> {
  const takenOver: number[] = [];
  const ended: number[] = [];
  const starts: number[] = [];
  const startOne = async (): Promise<BenchWorker> => {
    const started = performance.now();
    const worker = await world.startWorker({ buildMs });
    starts.push(performance.now() - started);
    return worker;
  };
  let workers: readonly BenchWorker[] = await Promise.all([startOne(), startOne()]);
  const commit = await world.commitSource();
  for (const [at, index] of components.entries()) {
    const handle = await startBenchRun(world, { name: `killed-${index}`, component: componentName(index), commit });
    const { runId } = await handle.describe();
    const builder = await builderOf(world, runId);
    await sleep(killAfterMs);
    const killed = Date.now();
    await workers.find(({ pid }) => pid === builder)?.kill();
    await handle.result();
    ended.push(Date.now() - killed);
    const [, second] = await visits(world.buildFolder, runId);
    if (second) takenOver.push(second.at - killed);
    workers = workers.filter(({ pid }) => pid !== builder);
    if (at < components.length - 1) workers = [...workers, await startOne()];
  }
  await Promise.all(workers.map((worker) => worker.stop()));
  return {
    title: `kill -9 of the worker, 1 s into a build of ${buildMs / 1000} s; another worker is there`,
    rows: [
      { what: 'until the other one waits for the build', unit: 'ms', samples: takenOver },
      { what: "until the run's end", unit: 'ms', samples: ended },
      { what: 'start of a worker, from the sources', unit: 'ms', samples: starts, note: 'the first two at once' },
    ],
    notes: ['A step that is silent for 8 s counts as dead, and is tried again a second later.'],
  };
}

async function builderOf({ buildFolder }: BenchWorld, execution: string): Promise<number> {
  for (;;) {
    const [first] = await visits(buildFolder, execution);
    if (first) return first.pid;
    await sleep(20);
  }
}
