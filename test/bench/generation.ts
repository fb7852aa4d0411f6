import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type GenerationTask, GenerationTimes } from './generation-task.ts';
import { originalSeconds } from './original.ts';
import type { Row, Section } from './section.ts';
import type { BenchWorld } from './world.ts';

const run = promisify(execFile);

/** One component's release in repositories of these sizes, beside what the original tool took. Each size has a process of its own. */
export async function generation(
  { gitops, forge, registry, folder }: BenchWorld,
  sizes: readonly number[],
  repeats: number,
): Promise<Section> {
  const rows: Row[] = [];
  for (const components of sizes) {
    const task: GenerationTask = {
      url: await gitops(components),
      authorization: `Basic ${Buffer.from(`x-access-token:${forge.token}`).toString('base64')}`,
      folder: join(folder, `generation-${components}`),
      components,
      repeats,
      registry,
    };
    const { stdout } = await run(process.execPath, [
      join(import.meta.dirname, 'generate-once.ts'),
      JSON.stringify(task),
    ]);
    rows.push(...rowsOf(components, GenerationTimes.parse(JSON.parse(stdout))));
  }
  return {
    title: 'generation of one release (scan, generate; with git: fetch, read, write the tree)',
    rows,
    notes: [
      'Processor time of 0 is less than a tick of 10 ms. The mirror is asked over http on loopback.',
      "The original's figures were recorded on another run of such a machine with other load: three commands, no cache, 5 runs.",
    ],
  };
}

function rowsOf(components: number, { first, again, memory, peakMiB }: GenerationTimes): readonly Row[] {
  const size = String(components).padStart(5);
  const cpu = (samples: readonly number[]): string => {
    const mean = samples.reduce((sum, ms) => sum + ms, 0) / samples.length;
    return samples.length > 0 ? `processor ${mean.toFixed(0)} ms` : '';
  };
  const original = originalSeconds.get(components);
  return [
    { what: `${size} components: from memory`, unit: 'ms', samples: memory.ms, note: cpu(memory.cpuMs) },
    {
      what: `${size} components: by the mirror`,
      unit: 'ms',
      samples: again.ms,
      note: `${cpu(again.cpuMs)}, ${peakMiB.toFixed(0)} MiB at most`,
    },
    { what: `${size} components: by the mirror, first time`, unit: 'ms', samples: first.ms, note: cpu(first.cpuMs) },
    ...(original
      ? [
          {
            what: `${size} components: the original, recorded`,
            unit: 'ms' as const,
            samples: [original.min, original.median, original.max].map((seconds) => seconds * 1000),
            note: `processor ${original.cpu * 1000} ms, ${original.peakMiB} MiB at most`,
          },
        ]
      : []),
  ];
}
