import { join } from 'node:path';
import { z } from 'zod';
import { commandOutput } from '../../../src/embedded/run-command.ts';
import { type ImageSource, pushImage } from './images.ts';
import { writeKubeconfig } from './kubeconfigs.ts';
import { bridge, type Machine, node, partEnvironment, pathsIn } from './machine.ts';
import { startPart, stopPart } from './parts.ts';

/** Where a cluster is, as data: any process of a test run makes a `Cluster` of it. */
export interface ClusterAddress {
  readonly kubeconfig: string;
  /** The registry as tests reach it, `host:port`, by plain http. */
  readonly registry: string;
  /** The same as pods reach it. */
  readonly registryInCluster: string;
  /** Where pods reach a server of the test that listens there. */
  readonly bridgeAddress: string;
  /** kubectl's program. */
  readonly kubectl: string;
  /** Undefined for a cluster that somebody else made: its control plane is not ours to stop. */
  readonly machine: Machine | undefined;
}

/** A real cluster, for tests. */
export interface Cluster extends Omit<ClusterAddress, 'kubectl' | 'machine'> {
  /** Runs kubectl as the cluster's administrator, with a manifest as its input where it reads one, and returns what it says; throws with its error. */
  kubectl(args: readonly string[], manifest?: unknown): Promise<string>;
  /** Publishes an image as `name:tag`; returns the reference for pods, `host:port/name:tag@digest`. Safe to repeat. */
  publishImage(source: ImageSource, name: string): Promise<string>;
  /** Pulls a published image onto the node, so that no pod waits for it; does nothing where the cluster was given. */
  pullAhead(reference: string): Promise<void>;
  /** Writes a kubeconfig with the rights of a service account and no others, good for an hour. */
  writeServiceAccountKubeconfig(account: { namespace: string; name: string }, file: string): Promise<void>;
  /** What can be done to a cluster that was made for the tests; undefined for a given one. */
  readonly faults: ClusterFaults | undefined;
}

/** Ways to disturb a cluster. Whoever uses one undoes it. */
export interface ClusterFaults {
  /** As a crash. */
  stopApiServer(): Promise<void>;
  /** Until it answers again. */
  startApiServer(): Promise<void>;
  /** As a crash, and back at once. */
  restartApiServer(): Promise<void>;
  stopKubelet(): Promise<void>;
  startKubelet(): Promise<void>;
  /** New pods wait. */
  cordonNode(): Promise<void>;
  uncordonNode(): Promise<void>;
  /** Evicts all pods and lets no new ones in, as before maintenance. */
  drainNode(): Promise<void>;
}

/** The cluster at that address, which must be running. */
export function openCluster(address: ClusterAddress): Cluster {
  const { kubeconfig, registry, registryInCluster, bridgeAddress, machine } = address;
  const kubectl: Cluster['kubectl'] = (args, manifest) =>
    commandOutput(address.kubectl, ['--kubeconfig', kubeconfig, ...args], {
      environment: process.env,
      ...(manifest !== undefined && { input: typeof manifest === 'string' ? manifest : JSON.stringify(manifest) }),
    });
  return {
    kubeconfig,
    registry,
    registryInCluster,
    bridgeAddress,
    kubectl,
    publishImage: async (source, name) => {
      const digest = await pushImage(source, `${registry}/${name}`);
      return `${registryInCluster}/${name}@${digest}`;
    },
    pullAhead: (reference) => (machine === undefined ? Promise.resolve() : pullOnNode(machine, reference)),
    writeServiceAccountKubeconfig: async ({ namespace, name }, file) => {
      const view = await kubectl(['config', 'view', '--raw', '--minify', '--flatten', '--output', 'json']);
      const { cluster } = CurrentCluster.parse(JSON.parse(view)).clusters[0];
      const token = await kubectl(['create', 'token', name, '--namespace', namespace, '--duration', '1h']);
      const certificateAuthority = cluster['certificate-authority-data'];
      await writeKubeconfig(file, { server: cluster.server, certificateAuthority, user: name, token: token.trim() });
    },
    faults: machine && faultsOf(machine, kubectl),
  };
}

const CurrentCluster = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }) }),
  ]),
});

async function pullOnNode({ folder }: Machine, reference: string): Promise<void> {
  const { containerd, registries } = pathsIn(folder);
  // The kubelet asks for an image with a digest without its tag.
  const name = reference.replace(/:[\w.-]+@/, '@');
  const pull = ['--namespace', 'k8s.io', 'images', 'pull', '--hosts-dir', registries, name];
  await commandOutput('ctr', ['--address', containerd, ...pull], { environment: partEnvironment(folder) });
}

function faultsOf(machine: Machine, kubectl: Cluster['kubectl']): ClusterFaults {
  const onNode = async (...args: readonly string[]) => void (await kubectl(args));
  const stopApiServer = () => stopPart(machine, 'apiserver', { force: true });
  const startApiServer = () => startPart(machine, 'apiserver');
  return {
    stopApiServer,
    startApiServer,
    restartApiServer: () => stopApiServer().then(startApiServer),
    stopKubelet: () => stopPart(machine, 'kubelet', { force: true }),
    startKubelet: () => startPart(machine, 'kubelet'),
    cordonNode: () => onNode('cordon', node),
    uncordonNode: () => onNode('uncordon', node),
    drainNode: () =>
      onNode('drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=120s'),
  };
}

/** Where the cluster is that was made on this machine. */
export function addressOf(machine: Machine): ClusterAddress {
  return {
    kubeconfig: pathsIn(machine.folder).kubeconfig,
    registry: `127.0.0.1:${machine.ports.registry}`,
    registryInCluster: `${bridge.address}:${machine.ports.registry}`,
    bridgeAddress: bridge.address,
    kubectl: join(machine.programs, 'kubectl'),
    machine,
  };
}
