import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startFrontendWorld } from '../support/frontend/frontend-world.ts';
import { calibrate } from './calibration.ts';
import { onCluster } from './cluster.ts';
import { cost } from './cost.ts';
import { frontends } from './frontends.ts';
import { generation } from './generation.ts';
import { componentName } from './gitops-files.ts';
import { matching } from './matching.ts';
import { type Observation, observeRun, queueEvents } from './observe-run.ts';
import { overhead } from './overhead.ts';
import { repetition } from './repetition.ts';
import { resume } from './resume.ts';
import { type Section, verdict } from './section.ts';
import { toTable } from './table.ts';
import { throughput } from './throughput.ts';
import { type WebhookEffort, webhooks } from './webhooks.ts';
import { type BenchWorld, startBenchWorld } from './world.ts';

const help = `npm run bench -- [--quick] [--cluster | --react | --webhooks] [--json]

Measures generation, overhead, throughput, cost, recovery and webhooks on real servers on this machine; prints a table and writes
bench.json. --quick repeats less and leaves out the largest repositories; --json prints the JSON instead of the table.
--cluster measures instead what runs cost on a real Kubernetes cluster, a given one or one that it makes, as test:cluster does.
--react measures instead local builds of React applications with each package manager; it wants root.
--webhooks measures webhooks alone.
Exit code 1: a run has more history events or forge calls than the design allows. Times never decide.
`;

interface Effort {
  readonly sizes: readonly number[];
  readonly repeats: number;
  /** Runs one after the other; each then runs a second time and closes its first pull request. */
  readonly runs: number;
  readonly equal: number;
  readonly atOnce: number;
  readonly rounds: number;
  readonly kills: number;
  /** Rounds of builds for each package manager. */
  readonly frontends: number;
  readonly webhooks: WebhookEffort;
}

const whole: Effort = {
  sizes: [10, 100, 1000, 5000, 20_000],
  repeats: 5,
  runs: 10,
  equal: 3,
  atOnce: 30,
  rounds: 2,
  kills: 2,
  frontends: 3,
  webhooks: { deliveries: 750, burstMs: 10_000, followed: 50 },
};
const quick: Effort = {
  sizes: [10, 100, 1000],
  repeats: 3,
  runs: 3,
  equal: 1,
  atOnce: 10,
  rounds: 1,
  kills: 1,
  frontends: 1,
  webhooks: { deliveries: 200, burstMs: 3_000, followed: 10 },
};
/** Components of the repository that the runs release to. */
const components = 100;

async function bench(world: BenchWorld, effort: Effort, say: (text: string) => void): Promise<readonly Section[]> {
  // Every run has components of its own, so that no measurement finds the pull requests of another.
  let used = 0;
  const take = (count: number): readonly number[] => Array.from({ length: count }, () => ++used);

  say('the machine');
  const before = await calibrate('before');
  say('generation');
  const generated = await generation(world, effort.sizes, effort.repeats);
  say('single runs');
  const worker = await world.startWorker();
  const single = await singleRuns(world, take(effort.runs), componentName(0));
  say('equal runs');
  const equal = await repetition(world, take(effort.equal));
  say('runs at once');
  const many = await throughput(world, worker, take(effort.atOnce), effort.rounds);
  await worker.stop();
  say('killed workers');
  const killed = await resume(world, take(effort.kills));
  const after = await calibrate('after');
  const machine = {
    title: `this machine: ${availableParallelism()} cores, Node ${process.versions.node}`,
    rows: [...before, ...after],
    notes: [],
  };
  return [machine, ...generated, ...single, equal, many, killed];
}

async function singleRuns(world: BenchWorld, indices: readonly number[], warmUp: string): Promise<readonly Section[]> {
  const round = async (name: string, commit: string) => {
    const runs: Observation[] = [];
    for (const index of indices) {
      runs.push(await observeRun(world, { name: `${name}-${index}`, component: componentName(index), commit }));
    }
    return runs;
  };
  const commit = await world.commitSource();
  const cold = await observeRun(world, { name: 'cold', component: warmUp, commit });
  const first = await round('first', commit);
  const closing = await round('closing', await world.commitSource());
  const events = await Promise.all(indices.map((index) => queueEvents(world, componentName(index))));
  const coldRow = { what: "the worker's very first run", unit: 'ms', samples: [cold.ms] } as const;
  const { rows, ...section } = overhead(first);
  return [{ ...section, rows: [...rows, coldRow] }, cost([cold, ...first], closing, events)];
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean' },
      cluster: { type: 'boolean' },
      react: { type: 'boolean' },
      webhooks: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const started = new Date();
  const say = (text: string) =>
    process.stderr.write(`${((Date.now() - started.getTime()) / 1000).toFixed(0)} s: ${text}\n`);
  const effort = values.quick ? quick : whole;
  const sections = await measure(values, effort, say);
  const seconds = Math.round((Date.now() - started.getTime()) / 1000);
  const json = JSON.stringify({ startedAt: started.toISOString(), seconds, sections }, null, 2);
  await writeFile(join(import.meta.dirname, '../../bench.json'), `${json}\n`);
  process.stdout.write(`${values.json ? json : toTable(sections)}\n`);
  const isBroken = sections.some(({ rows }) => rows.some((row) => verdict(row) === 'broken'));
  return isBroken ? 1 : 0;
}

async function measure(
  only: { readonly cluster?: boolean; readonly react?: boolean; readonly webhooks?: boolean },
  effort: Effort,
  say: (text: string) => void,
): Promise<readonly Section[]> {
  if (only.cluster) return [await onCluster(effort.repeats)];
  if (only.react) return [await onLocalPlane(effort, say)];
  return [...(await aboutWebhooks(effort, say)), ...(only.webhooks ? [] : await onThisMachine(effort, say))];
}

async function aboutWebhooks(effort: Effort, say: (text: string) => void): Promise<readonly Section[]> {
  say('webhooks');
  return [await webhooks(effort.webhooks), await matching(effort.repeats * 5)];
}

async function onThisMachine(effort: Effort, say: (text: string) => void): Promise<readonly Section[]> {
  say('servers');
  const world = await startBenchWorld(components);
  onInterrupt(world.stop);
  try {
    return await bench(world, effort, say);
  } finally {
    await world.stop();
  }
}

async function onLocalPlane(effort: Effort, say: (text: string) => void): Promise<Section> {
  say('servers');
  const world = await startFrontendWorld();
  onInterrupt(world.close);
  try {
    return await frontends(world, effort.frontends, say);
  } finally {
    await world.close();
  }
}

function onInterrupt(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stop().finally(() => process.exit(130)));
  }
}

process.exitCode = await main(process.argv.slice(2));
