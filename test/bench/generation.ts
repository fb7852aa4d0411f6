import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type CommandsTaken, releaseByCommands } from './commands.ts';
import { type GenerationTask, GenerationTimes } from './generation-task.ts';
import { originalSeconds } from './original.ts';
import type { Row, Section } from './section.ts';
import type { BenchWorld } from './world.ts';

const run = promisify(execFile);
/** Most milliseconds and memory of a release in a warm worker, whatever the repository holds. */
const mostWarmMs = 100;
const mostWarmMiB = 300;
/** So many times faster than the original, from a thousand components on. */
const faster = 5;
/** Node's own limit grows with the machine's memory, and what it reserves for new objects is never given back. */
const nodeOptions = ['--max-semi-space-size=16'];

/** One component's release in repositories of these sizes, by commands and in a warm worker, beside what the original tool took. */
export async function generation(
  world: BenchWorld,
  sizes: readonly number[],
  repeats: number,
): Promise<readonly Section[]> {
  const cold: Row[] = [];
  const warm: Row[] = [];
  for (const components of sizes) {
    const addresses = { forge: world.forge.url, registry: world.registry };
    cold.push(
      ...commandRows(components, await releaseByCommands(world.folder, components, addresses, Math.min(repeats, 3))),
    );
    warm.push(...workerRows(components, await releaseInWorker(world, components, repeats)));
  }
  return [
    {
      title: 'a release by three commands, each a new process that reads all files',
      rows: cold,
      notes: [
        'Of the sources as they are; the package, which is compiled, starts faster.',
        "The original's figures were recorded on another run of such a machine with other load: no cache, 5 runs.",
      ],
    },
    {
      title: 'a release inside a warm worker: fetch a base with one changed file, generate, write the tree',
      rows: warm,
      notes: [
        `Each of another component. The mirror is asked over http on loopback. Node with ${nodeOptions.join(' ')}.`,
      ],
    },
  ];
}

function commandRows(components: number, taken: readonly CommandsTaken[]): readonly Row[] {
  const name = sizeName(components);
  const original = originalSeconds.get(components);
  const peak = Math.max(...taken.map(({ peakMiB }) => peakMiB));
  const cpu = taken.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / taken.length;
  const ours: Row = {
    what: `${name}: three commands`,
    unit: 'ms',
    samples: taken.map(({ ms }) => ms),
    note: usage(cpu, peak),
    ...(original && components >= 1000 && { most: (original.median * 1000) / faster }),
  };
  if (!original) return [ours];
  const samples = [original.min, original.median, original.max].map((seconds) => seconds * 1000);
  const note = usage(original.cpu * 1000, original.peakMiB);
  return [ours, { what: `${name}: the original, recorded`, unit: 'ms', samples, note }];
}

function usage(cpuMs: number, peakMiB: number): string {
  return `processor ${cpuMs.toFixed(0)} ms, ${peakMiB.toFixed(0)} MiB at most`;
}

async function releaseInWorker({ gitops, forge, folder }: BenchWorld, components: number, repeats: number) {
  const { url, folder: repository } = await gitops(components);
  const task: GenerationTask = {
    url,
    repository,
    authorization: `Basic ${Buffer.from(`x-access-token:${forge.token}`).toString('base64')}`,
    folder: join(folder, `generation-${components}`),
    components,
    repeats,
  };
  const program = join(import.meta.dirname, 'generate-once.ts');
  const { stdout } = await run(process.execPath, [...nodeOptions, program, JSON.stringify(task)]);
  return GenerationTimes.parse(JSON.parse(stdout));
}

function workerRows(components: number, { first, warm, residentMiB, peakMiB }: GenerationTimes): readonly Row[] {
  const name = sizeName(components);
  const row = (what: string, samples: readonly number[], most?: number): Row => ({
    what: `${name}: ${what}`,
    unit: 'ms',
    samples,
    ...(most !== undefined && { most }),
  });
  const all = ({ fetch, generate, write }: GenerationTimes['first']) => fetch + generate + write;
  return [
    row('all', warm.map(all), mostWarmMs),
    row(
      '  fetch',
      warm.map(({ fetch }) => fetch),
    ),
    row(
      '  what changed, and the release',
      warm.map(({ generate }) => generate),
    ),
    row(
      '  write the tree',
      warm.map(({ write }) => write),
    ),
    row('the first time', [all(first)]),
    {
      what: `${name}: memory`,
      unit: 'MiB',
      samples: [residentMiB],
      most: mostWarmMiB,
      note: `${peakMiB.toFixed(0)} MiB at the highest`,
    },
  ];
}

function sizeName(components: number): string {
  return `${String(components).padStart(5)} components`;
}
