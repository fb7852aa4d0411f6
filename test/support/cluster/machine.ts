import { join } from 'node:path';

/** What of the machine a cluster takes for itself, so there is one at a time: all its state lies in this folder. */
export const clusterFolder = '/tmp/slipway-cluster';
/** Held by who runs the cluster. */
export const clusterLock = `${clusterFolder}.lock`;

/** The pods' bridge. Its address is the node's, the API server's and the registry's, the same from pods and for containerd. */
export const bridge = { name: 'slipway0', address: '10.244.0.1', prefix: 24, pods: '10.244.0.0/24' } as const;

/** Services, the first of which is the API server's. */
export const services = { range: '10.96.0.0/16', api: '10.96.0.1' } as const;

/** The node's name. */
export const node = 'slipway-test';

/** Ports of the cluster's parts; `api` and `registry` are reached on the bridge and, by a rule of our table, on 127.0.0.1. */
export const portNames = [
  'api',
  'registry',
  'etcd',
  'etcdPeers',
  'controllerManager',
  'scheduler',
  'kubelet',
  'kubeletHealth',
  'proxyHealth',
  'proxyMetrics',
] as const;

/** A cluster on this machine, in words that any process of the test run can take it over with. */
export interface Machine {
  readonly folder: string;
  /** Where Kubernetes's programs are. */
  readonly programs: string;
  readonly ports: Readonly<Record<(typeof portNames)[number], number>>;
}

/** Where in the cluster's folder things are. */
export function pathsIn(folder: string) {
  return {
    /** Pid files and logs of the parts. */
    run: join(folder, 'run'),
    certificates: join(folder, 'certificates'),
    configuration: join(folder, 'configuration'),
    kubeconfigs: join(folder, 'kubeconfigs'),
    kubeconfig: join(folder, 'kubeconfig'),
    containerd: join(folder, 'containerd.sock'),
    registries: join(folder, 'registries'),
    networks: join(folder, 'networks'),
    /** How the machine was before. */
    before: join(folder, 'before.json'),
  } as const;
}

/** The environment of the cluster's parts: nothing of ours but the path, with the folders of system programs. */
export function partEnvironment(folder: string): NodeJS.ProcessEnv {
  return { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, HOME: folder, TMPDIR: '/tmp' };
}
