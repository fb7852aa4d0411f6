import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultCacheFolder } from '../../../src/embedded/folders.ts';
import { takeLock } from '../../../src/embedded/lock.ts';
import { choosePorts } from '../../../src/embedded/ports.ts';
import type { Progress } from '../../../src/embedded/progress.ts';
import { stopwatch } from '../../../src/embedded/tools/tool.ts';
import { Failure } from '../../../src/failures.ts';
import { makeCertificates } from './certificates.ts';
import { addressOf, type Cluster, type ClusterAddress, openCluster } from './cluster.ts';
import { writeConfiguration } from './configuration.ts';
import { busyboxImage } from './images.ts';
import { makeKubeconfigs } from './kubeconfigs.ts';
import { findOrBuildKubernetes } from './kubernetes.ts';
import { makeClusterFolder, podGroups, removeCluster } from './leftovers.ts';
import { bridge, clusterFolder, clusterLock, type Machine, node, portNames } from './machine.ts';
import { makeNetwork } from './network.ts';
import { ensureClusterPackages } from './packages.ts';
import { startPart } from './parts.ts';

/** A cluster that this process has made and must stop. */
export interface StartedCluster {
  readonly address: ClusterAddress;
  /** Ends and removes all of it. Safe to repeat. */
  stop(): Promise<void>;
}

const task = 'cluster';

/**
 * Makes a real cluster with one node on this machine, after removing what a killed one left. Needs root on Debian or Ubuntu; throws
 * `Unavailable` where it cannot be, where another process has one or something else uses its network or control groups.
 */
export async function startCluster(environment: NodeJS.ProcessEnv, progress: Progress): Promise<StartedCluster> {
  if (process.getuid?.() !== 0)
    throw new Failure(
      'Unavailable',
      'A cluster on this machine needs root. Run as root, or give KUBECONFIG and SLIPWAY_TEST_REGISTRY.',
    );
  const cacheFolder = defaultCacheFolder(environment);
  await ensureClusterPackages({ cacheFolder, environment }, progress);
  const programs = await findOrBuildKubernetes({ cacheFolder, environment }, progress);

  const lock = await takeLock(clusterLock);
  if (lock.kind === 'held')
    throw new Failure(
      'Unavailable',
      `Process ${lock.by.pid} runs a cluster on this machine, and there is room for one. Stop it, or use it by KUBECONFIG and SLIPWAY_TEST_REGISTRY.`,
    );
  const seconds = stopwatch();
  const stop = async () => {
    await removeCluster();
    await lock.release();
  };
  try {
    progress({ task, state: 'working', text: 'starting' });
    await removeCluster();
    await refuseOthers();
    await makeClusterFolder();
    // Beside the tools, so that the next cluster has the same addresses.
    const ports = await choosePorts(join(cacheFolder, 'cluster-ports.json'), portNames);
    const machine: Machine = { folder: clusterFolder, programs, ports };
    await startParts(machine);
    const address = addressOf(machine);
    const cluster = openCluster(address);
    await all([publishOwnImages(cluster), waitUntilUsable(cluster)]);
    progress({ task, state: 'done', text: `ready in ${seconds()} s` });
    return { address, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What belongs to somebody else's cluster would be disturbed by ours, and ours by it. */
async function refuseOthers(): Promise<void> {
  const foreign = Object.entries(networkInterfaces()).find(([, list]) =>
    list?.some(({ address }) => address === bridge.address),
  );
  if (foreign !== undefined)
    throw new Failure(
      'Unavailable',
      `The address ${bridge.address}, which a test cluster needs, belongs to ${foreign[0]}: another cluster runs here.`,
    );
  const groups = await podGroups();
  if (groups.length > 0)
    throw new Failure(
      'Unavailable',
      `${groups[0]} is there: another kubelet runs on this machine, which would end our pods. If none does, remove it with all below.`,
    );
}

/** Each as soon as what it needs is there. */
async function startParts(machine: Machine): Promise<void> {
  const start = (name: Parameters<typeof startPart>[1]) => startPart(machine, name);
  await makeCertificates(machine);
  await all([makeKubeconfigs(machine), writeConfiguration(machine), makeNetwork(machine)]);
  await all([start('containerd'), start('registry'), start('etcd').then(() => start('apiserver'))]);
  await all([start('controller-manager'), start('scheduler'), start('kubelet'), start('proxy')]);
}

async function publishOwnImages(cluster: Cluster): Promise<void> {
  await all([
    cluster.publishImage(await busyboxImage(['sh']), 'busybox:1'),
    // What keeps a pod's namespaces; nothing has to be built for it.
    cluster.publishImage(await busyboxImage(['sleep', '2147483647']), 'pause:1'),
  ]);
}

async function waitUntilUsable({ kubectl }: Cluster): Promise<void> {
  const until = Date.now() + 60_000;
  const present = async (args: readonly string[]) => {
    while (
      !(await kubectl(args).then(
        () => true,
        () => false,
      ))
    ) {
      if (Date.now() > until)
        throw new Failure('Unavailable', `The cluster does not get ready: kubectl ${args.join(' ')}`);
      await sleep(200);
    }
  };
  await present(['get', 'node', node]);
  await kubectl(['wait', '--for=condition=Ready', `node/${node}`, '--timeout=60s']);
  await present(['get', 'serviceaccount', 'default', '--namespace', 'default']);
}

/** Waits for all of them even when one fails: what is still being started could not be removed. */
async function all(work: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
