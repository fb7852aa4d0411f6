import { setTimeout as sleep } from 'node:timers/promises';
import { publishBuilder } from '../support/cluster/builder.ts';
import { type Cluster, openCluster } from '../support/cluster/cluster.ts';
import { findGivenCluster } from '../support/cluster/given-cluster.ts';
import { busyboxImage } from '../support/cluster/images.ts';
import { allowBuilds, createNamespace, removeNamespace } from '../support/cluster/namespaces.ts';
import { startCluster } from '../support/cluster/start-cluster.ts';
import { type ClusterWorld, startClusterWorld } from '../support/start-cluster-world.ts';
import { tellProgress } from '../support/tell-progress.ts';
import { timed } from './calibration.ts';
import type { Section } from './section.ts';

/** What a run on the cluster cost, in milliseconds. */
interface ClusterRun {
  readonly ms: number;
  /** From the request to the first line that the pod printed. */
  readonly untilFirstLineMs: number;
  /** From the first line of its log to the last: clone, build, upload. */
  readonly workMs: number;
  readonly pods: number;
}

/** Whole runs with a trivial Dockerfile on a real cluster, against bare Jobs with as many containers; the given cluster, or one of its own. */
export async function onCluster(repeats: number): Promise<Section> {
  const progress = tellProgress();
  const given = await findGivenCluster(process.env, progress);
  const { address, stop } = given
    ? { address: given, stop: async () => undefined }
    : await startCluster(process.env, progress);
  const cluster = openCluster(address);
  try {
    if (given) await cluster.publishImage(await busyboxImage(['sh']), 'busybox:1');
    const builderImage = await publishBuilder(cluster, progress);
    const namespace = await createNamespace(cluster);
    await allowBuilds(cluster, namespace);
    const world = await startClusterWorld({ cluster, namespace, builderImage });
    try {
      return await measure(cluster, world, repeats);
    } finally {
      await world.stop();
      await removeNamespace(cluster, namespace);
    }
  } finally {
    await stop();
  }
}

async function measure(cluster: Cluster, world: ClusterWorld, repeats: number): Promise<Section> {
  const worker = await world.startWorker();
  await oneRun(world, 'bench-cold');
  const bare: number[] = [];
  const runs: ClusterRun[] = [];
  for (let index = 0; index < repeats; index++) {
    bare.push(await timed(() => bareJob(cluster, world, `bare-${index}`)));
    runs.push(await oneRun(world, `bench-${index}`));
  }
  await worker.stop();
  const mean = bare.reduce((sum, ms) => sum + ms, 0) / bare.length;
  return {
    title: 'on a cluster: a trivial Dockerfile, BuildKit, clone and build in one container, push in the other',
    rows: [
      { what: 'bare Job with two containers, created → complete', unit: 'ms', samples: bare },
      { what: 'start → pull request', unit: 'ms', samples: runs.map(({ ms }) => ms) },
      { what: "  start → first line of the pod's log", unit: 'ms', samples: runs.map((run) => run.untilFirstLineMs) },
      { what: "  the build's own work: first line → last line", unit: 'ms', samples: runs.map(({ workMs }) => workMs) },
      {
        what: 'start → pull request, less that work and a bare Job',
        unit: 'ms',
        samples: runs.map(({ ms, workMs }) => ms - workMs - mean),
        most: 3000,
      },
      { what: 'pods a run', unit: 'count', samples: runs.map(({ pods }) => pods), most: 1 },
    ],
    notes: ['The kubelet sees the end of a container at its next look, once a second.'],
  };
}

async function oneRun(world: ClusterWorld, name: string): Promise<ClusterRun> {
  const commit = await world.world.commitChange(`${name} ${Date.now()}`);
  const started = Date.now();
  const handle = await world.start(name, commit);
  await handle.result();
  const ms = Date.now() - started;
  const { pods } = await world.jobsOf(name);
  const log = await world.kubectl(
    ...['logs', '--selector', `slipway.dev/run=${name}`, '--all-containers', '--timestamps', '--tail=-1'],
  );
  const times = log.split('\n').flatMap((line) => Date.parse(line.split(' ')[0] ?? '') || []);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  return { ms, untilFirstLineMs: first - started, workMs: last - first, pods: pods.length };
}

/** Two containers one after the other that do nothing. */
async function bareJob(
  { registryInCluster, kubectl }: Cluster,
  { namespace }: ClusterWorld,
  name: string,
): Promise<void> {
  const resources = { requests: { cpu: '100m', memory: '32Mi', 'ephemeral-storage': '10Mi' } };
  const container = (of: string) => ({
    name: of,
    image: `${registryInCluster}/busybox:1`,
    command: ['true'],
    resources: { ...resources, limits: resources.requests },
  });
  const spec = { restartPolicy: 'Never', initContainers: [container('first')], containers: [container('second')] };
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace }, spec: { template: { spec } } };
  await kubectl(['create', '--filename', '-'], job);
  const done = 'jsonpath={.status.conditions[?(@.type=="Complete")].status}';
  while ((await kubectl(['get', 'job', name, '--namespace', namespace, '--output', done])) !== 'True') await sleep(50);
}
