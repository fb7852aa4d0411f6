import { readFile } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';
import { endServer, type ProcessPlan, startProcess } from '../../../src/embedded/processes.ts';
import { commandOutput } from '../../../src/embedded/run-command.ts';
import { bridge, type Machine, node, partEnvironment, pathsIn, services } from './machine.ts';

/** The cluster's processes. */
export type Part =
  | 'etcd'
  | 'registry'
  | 'containerd'
  | 'apiserver'
  | 'controller-manager'
  | 'scheduler'
  | 'kubelet'
  | 'proxy';

type PartPlan = Pick<ProcessPlan, 'command' | 'args' | 'isReady'>;

/** Starts a part and waits until it answers; whoever made the cluster, any process may. */
export async function startPart(machine: Machine, name: Part): Promise<void> {
  const environment = partEnvironment(machine.folder);
  const plan: ProcessPlan = { name, environment, readyWithinSeconds: 90, ...plans[name](machine) };
  await startProcess(pathsIn(machine.folder).run, plan);
}

/** Ends a part, with `force` as a crash would, and waits until it is gone. Safe to repeat. */
export async function stopPart(machine: Machine, name: Part, { force = false } = {}): Promise<void> {
  await endServer(pathsIn(machine.folder).run, name, { force });
}

const plans: Readonly<Record<Part, (machine: Machine) => PartPlan>> = {
  etcd: ({ folder, ports }) => {
    const clients = `http://127.0.0.1:${ports.etcd}`;
    const peers = `http://127.0.0.1:${ports.etcdPeers}`;
    return {
      command: 'etcd',
      args: flags({
        name: node,
        'data-dir': join(folder, 'etcd'),
        'listen-client-urls': clients,
        'advertise-client-urls': clients,
        'listen-peer-urls': peers,
        'initial-advertise-peer-urls': peers,
        'initial-cluster': `${node}=${peers}`,
        logger: 'zap',
        'log-level': 'warn',
      }),
      isReady: (signal) => answers(`${clients}/health`, signal),
    };
  },

  registry: ({ folder, ports }) => ({
    command: 'docker-registry',
    args: ['serve', join(pathsIn(folder).configuration, 'registry.json')],
    isReady: (signal) => answers(`http://127.0.0.1:${ports.registry}/v2/`, signal),
  }),

  containerd: ({ folder }) => {
    const { configuration, containerd } = pathsIn(folder);
    return {
      command: 'containerd',
      args: flags({ config: join(configuration, 'containerd.toml'), 'log-level': 'warn' }),
      isReady: async () => {
        const version = ['--address', containerd, 'version'];
        await commandOutput('ctr', version, { environment: partEnvironment(folder), timeoutMs: 5_000 });
        return true;
      },
    };
  },

  apiserver: ({ folder, programs, ports }) => {
    const { certificates } = pathsIn(folder);
    const pem = (name: string) => join(certificates, name);
    return {
      command: join(programs, 'kube-apiserver'),
      args: flags({
        'etcd-servers': `http://127.0.0.1:${ports.etcd}`,
        'bind-address': bridge.address,
        'advertise-address': bridge.address,
        'secure-port': ports.api,
        'tls-cert-file': pem('apiserver.crt'),
        'tls-private-key-file': pem('apiserver.key'),
        'client-ca-file': pem('ca.crt'),
        'token-auth-file': pem('tokens.csv'),
        'kubelet-client-certificate': pem('kubelet-client.crt'),
        'kubelet-client-key': pem('kubelet-client.key'),
        'kubelet-preferred-address-types': 'InternalIP',
        'service-account-issuer': 'https://kubernetes.default.svc',
        'service-account-key-file': pem('service-accounts.key'),
        'service-account-signing-key-file': pem('service-accounts.key'),
        'authorization-mode': 'Node,RBAC',
        'enable-admission-plugins': 'NodeRestriction',
        'allow-privileged': true,
        'service-cluster-ip-range': services.range,
        // Pods leave a lost node after seconds, not after five minutes.
        'default-not-ready-toleration-seconds': 10,
        'default-unreachable-toleration-seconds': 10,
      }),
      isReady: async (signal) =>
        answersSafely(`https://127.0.0.1:${ports.api}/readyz`, await readFile(pem('ca.crt'), 'utf8'), signal),
    };
  },

  'controller-manager': ({ folder, programs, ports }) => {
    const { certificates } = pathsIn(folder);
    return {
      command: join(programs, 'kube-controller-manager'),
      args: flags({
        ...asController(folder, 'controller-manager', ports.controllerManager),
        'use-service-account-credentials': true,
        'service-account-private-key-file': join(certificates, 'service-accounts.key'),
        'root-ca-file': join(certificates, 'ca.crt'),
        'node-monitor-period': '2s',
        'node-monitor-grace-period': '20s',
      }),
      isReady: atOnce,
    };
  },

  scheduler: ({ folder, programs, ports }) => ({
    command: join(programs, 'kube-scheduler'),
    args: flags(asController(folder, 'scheduler', ports.scheduler)),
    isReady: atOnce,
  }),

  kubelet: ({ folder, programs, ports }) => {
    const { configuration, kubeconfigs } = pathsIn(folder);
    return {
      command: join(programs, 'kubelet'),
      args: flags({
        config: join(configuration, 'kubelet.json'),
        kubeconfig: join(kubeconfigs, 'kubelet'),
        'root-dir': join(folder, 'kubelet'),
        'cert-dir': join(folder, 'kubelet', 'pki'),
        'hostname-override': node,
        'node-ip': bridge.address,
      }),
      isReady: (signal) => answers(`http://127.0.0.1:${ports.kubeletHealth}/healthz`, signal),
    };
  },

  proxy: ({ folder, programs, ports }) => ({
    command: join(programs, 'kube-proxy'),
    args: flags({ config: join(pathsIn(folder).configuration, 'proxy.json') }),
    isReady: (signal) => answers(`http://127.0.0.1:${ports.proxyHealth}/livez`, signal),
  }),
};

function asController(folder: string, name: string, port: number) {
  const kubeconfig = join(pathsIn(folder).kubeconfigs, name);
  return {
    kubeconfig,
    'authentication-kubeconfig': kubeconfig,
    'authorization-kubeconfig': kubeconfig,
    'bind-address': '127.0.0.1',
    'secure-port': port,
    'leader-elect': false,
  };
}

function flags(values: Readonly<Record<string, string | number | boolean>>): readonly string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}

/** Whether these work shows by what they do: the node gets ready, there are service accounts. */
const atOnce = async () => true;

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  return (await fetch(url, { signal })).ok;
}

function answersSafely(url: string, ca: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    get(url, { ca, signal, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on('error', reject);
  });
}
