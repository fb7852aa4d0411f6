import { setInterval } from 'node:timers/promises';
import { componentName } from './gitops-files.ts';
import { startBenchRun } from './observe-run.ts';
import { type ProcessUsage, processUsage } from './process-usage.ts';
import type { Section } from './section.ts';
import type { BenchWorker, BenchWorld } from './world.ts';

/** Runs of as many components started at once on one worker, that many times over. */
export async function throughput(
  world: BenchWorld,
  worker: BenchWorker,
  components: readonly number[],
  rounds: number,
): Promise<Section> {
  const perMinute: number[] = [];
  const cpu: number[] = [];
  const cores: number[] = [];
  const peaks: number[] = [];
  const idle = processUsage(worker.pid);
  for (let round = 0; round < rounds; round += 1) {
    const commit = await world.commitSource();
    const watch = watchMemory(worker.pid);
    const before = processUsage(worker.pid);
    const started = performance.now();
    const handles = await Promise.all(
      components.map((index) => {
        const component = componentName(index);
        return startBenchRun(world, { name: `many-${round}-${index}`, component, commit });
      }),
    );
    await Promise.all(handles.map((handle) => handle.result()));
    const ms = performance.now() - started;
    const usage = used(before, processUsage(worker.pid));
    perMinute.push((components.length / ms) * 60_000);
    cpu.push(...usage.map((cpuMs) => cpuMs / components.length));
    cores.push(...usage.map((cpuMs) => (cpuMs / ms) * 100));
    peaks.push(...(await watch.stop()));
  }
  return {
    title: `${components.length} runs at once on one worker`,
    rows: [
      { what: 'runs', unit: 'a minute', samples: perMinute },
      { what: "worker's processor time a run, git included", unit: 'ms', samples: cpu },
      { what: "worker's load, of one core", unit: '%', samples: cores },
      { what: "worker's memory before", unit: 'MiB', samples: idle ? [idle.residentMiB] : [] },
      { what: "worker's memory at its highest", unit: 'MiB', samples: peaks },
    ],
    notes: ["Temporal, forge, registry and the bench share the machine's cores with the worker."],
  };
}

function used(before: ProcessUsage | undefined, after: ProcessUsage | undefined): readonly number[] {
  return before && after ? [after.cpuMs - before.cpuMs] : [];
}

/** Looks at a process's memory again and again; `stop` says the most that was seen. */
function watchMemory(pid: number): { stop(): Promise<readonly number[]> } {
  const controller = new AbortController();
  let most = 0;
  const watching = (async () => {
    for await (const _ of setInterval(200, undefined, { signal: controller.signal })) {
      most = Math.max(most, processUsage(pid)?.residentMiB ?? 0);
    }
  })().catch(() => undefined);
  return {
    async stop() {
      controller.abort();
      await watching;
      return most > 0 ? [most] : [];
    },
  };
}
