import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { bridge, type Machine, node, pathsIn } from './machine.ts';

/** Writes the configuration files of the cluster's parts. JSON serves where they read YAML. */
export async function writeConfiguration(machine: Machine): Promise<void> {
  const { configuration, networks, registries } = pathsIn(machine.folder);
  const registry = `${bridge.address}:${machine.ports.registry}`;
  for (const folder of [configuration, networks, join(registries, registry)]) await mkdir(folder, { recursive: true });
  // Search domains of the machine would only make look-ups in pods slower.
  const resolver = (await readFile('/etc/resolv.conf', 'utf8').catch(() => '')).replace(/^(search|options).*\n?/gm, '');
  const files = {
    [join(configuration, 'registry.json')]: JSON.stringify(registryConfiguration(machine)),
    [join(configuration, 'kubelet.json')]: JSON.stringify(kubeletConfiguration(machine)),
    [join(configuration, 'proxy.json')]: JSON.stringify(proxyConfiguration(machine)),
    [join(configuration, 'containerd.toml')]: stringify(containerdConfiguration(machine)),
    [join(configuration, 'resolv.conf')]: resolver,
    [join(networks, '10-bridge.conflist')]: JSON.stringify(networkConfiguration(machine)),
    [join(registries, registry, 'hosts.toml')]: stringify({
      server: `http://${registry}`,
      host: { [`http://${registry}`]: { capabilities: ['pull', 'resolve'] } },
    }),
  };
  for (const [file, text] of Object.entries(files)) await writeFile(file, text);
}

function registryConfiguration({ folder, ports }: Machine) {
  return {
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'registry') }, delete: { enabled: true } },
    http: { addr: `${bridge.address}:${ports.registry}`, relativeurls: true, secret: 'one server only' },
  };
}

function kubeletConfiguration({ folder, ports }: Machine) {
  const { certificates, configuration, containerd, run } = pathsIn(folder);
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: bridge.address,
    port: ports.kubelet,
    healthzPort: ports.kubeletHealth,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(certificates, 'ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    containerRuntimeEndpoint: `unix://${containerd}`,
    cgroupDriver: 'cgroupfs',
    // It only warns; later versions refuse by default.
    failCgroupV1: false,
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    resolvConf: join(configuration, 'resolv.conf'),
    podLogsDir: join(run, 'pods'),
    serializeImagePulls: false,
    // A lost node is noticed in seconds (see the controller manager), so it must report often.
    nodeLeaseDurationSeconds: 8,
    // How much of its disk a pod uses is looked at once a minute else.
    volumeStatsAggPeriod: '5s',
    // Images stay, and a machine whose disk is nearly full still runs tests.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '500Mi', 'imagefs.available': '500Mi' },
  };
}

function proxyConfiguration({ folder, ports }: Machine) {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clusterCIDR: bridge.pods,
    hostnameOverride: node,
    clientConnection: { kubeconfig: join(pathsIn(folder).kubeconfigs, 'proxy') },
    healthzBindAddress: `127.0.0.1:${ports.proxyHealth}`,
    metricsBindAddress: `127.0.0.1:${ports.proxyMetrics}`,
    // The machine's own limits stay.
    conntrack: { maxPerCore: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  };
}

function containerdConfiguration({ folder, ports }: Machine) {
  const { containerd, networks, registries } = pathsIn(folder);
  return {
    version: 2,
    root: join(folder, 'containerd'),
    state: join(folder, 'containerd-state'),
    disabled_plugins: ['aufs', 'btrfs', 'devmapper', 'zfs'].map((name) => `io.containerd.snapshotter.v1.${name}`),
    grpc: { address: containerd },
    plugins: {
      'io.containerd.internal.v1.opt': { path: join(folder, 'containerd', 'opt') },
      'io.containerd.grpc.v1.cri': {
        sandbox_image: `${bridge.address}:${ports.registry}/pause:1`,
        // So that all mounts lie in the cluster's folder.
        netns_mounts_under_state_dir: true,
        disable_apparmor: true,
        // Without CAP_SYS_RESOURCE nobody may lower the score, and every sandbox would fail.
        restrict_oom_score_adj: true,
        stream_server_address: '127.0.0.1',
        containerd: {
          snapshotter: 'overlayfs',
          default_runtime_name: 'runc',
          runtimes: { runc: { runtime_type: 'io.containerd.runc.v2', options: { SystemdCgroup: false } } },
        },
        cni: { bin_dir: '/usr/lib/cni', conf_dir: networks },
        registry: { config_path: registries },
      },
    },
  };
}

function networkConfiguration({ folder }: Machine) {
  const range = { subnet: bridge.pods, gateway: bridge.address };
  return {
    cniVersion: '0.4.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: bridge.name,
        isGateway: true,
        hairpinMode: true,
        // Our own table does that, so that nothing is left behind for each pod.
        ipMasq: false,
        ipam: {
          type: 'host-local',
          dataDir: join(folder, 'addresses'),
          ranges: [[range]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  };
}
