import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandOutput } from '../../src/embedded/run-command.ts';
import type { Cluster } from './cluster/cluster.ts';
import { writeRoleKubeconfig } from './cluster/namespaces.ts';
import { commitFiles } from './commit-files.ts';
import { startTestWorld, type TestWorld, type WorkerProcess } from './world.ts';

/** The embedded world whose builds are Jobs of a real cluster; images go to the cluster's registry. */
export interface ClusterWorld extends TestWorld {
  readonly namespace: string;
  readonly gitops: string;
  /** The bare repository of the sample component. */
  readonly source: string;
  /** Text of a file at the newest commit of the GitOps repository. */
  readGitops(path: string): Promise<string>;
  /** kubectl in the namespace of the builds. */
  kubectl(...args: readonly string[]): Promise<string>;
  /** Starts a worker with the rights of `deploy/rbac` and no others. */
  startWorker(settings?: Readonly<Record<string, string>>): Promise<WorkerProcess>;
  /** Starts a controller with those of its own account, for the runs in `default`, or for the Workflows where builds are. */
  startController(mode?: 'standalone' | 'executor'): Promise<WorkerProcess>;
  /** Names of the Jobs of a run, and the uids of their pods. */
  jobsOf(run: string): Promise<{ readonly jobs: readonly string[]; readonly pods: readonly string[] }>;
}

export interface ClusterWorldOptions {
  readonly cluster: Cluster;
  /** Where builds are allowed. */
  readonly namespace: string;
  /** Reference for pods. */
  readonly builderImage: string;
  readonly tokens?: Readonly<Record<string, string>>;
}

/** What a build gets: several fit on two cores. */
export const smallBuild = { cpu: '500m', memory: '512Mi', storage: '1Gi' } as const;

/** Where the sample's ComponentWorkflow is in its GitOps repository. */
export const workflowFile = 'namespaces/default/platform/component-workflows/docker-gitops-release.yaml';

/** Starts the world; whoever does so stops it. */
export async function startClusterWorld(options: ClusterWorldOptions): Promise<ClusterWorld> {
  const { cluster, namespace, builderImage, tokens = {} } = options;
  const test = await startTestWorld({ tokens, buildHost: cluster.bridgeAddress });
  const { settings, repositoriesFolder, registry } = test.world;
  const gitops = join(repositoriesFolder, 'acme/gitops.git');
  const kubeconfig = await writeRoleKubeconfig(cluster, test.folder, 'worker');
  const controllerKubeconfig = await writeRoleKubeconfig(cluster, test.folder, 'controller');
  await commitFiles(gitops, { [workflowFile]: await buildsIn(namespace, test.world.forgeUrl, cluster.registry) });
  const kubectl: ClusterWorld['kubectl'] = (...args) => cluster.kubectl(['--namespace', namespace, ...args]);
  const named = async (kind: string, run: string, field: string) => {
    const output = `jsonpath={.items[*].metadata.${field}}`;
    const text = await kubectl('get', kind, '--selector', `slipway.dev/run=${run}`, '--output', output);
    return text === '' ? [] : text.split(' ');
  };
  return {
    ...test,
    namespace,
    gitops,
    source: join(repositoriesFolder, 'acme/greeter.git'),
    readGitops: (path) =>
      commandOutput('git', ['--git-dir', gitops, 'show', `main:${path}`], { environment: process.env }),
    kubectl,
    startWorker: (more = {}) =>
      test.startWorker({
        SLIPWAY_PLANE: 'kubernetes',
        SLIPWAY_KUBECONFIG: kubeconfig,
        SLIPWAY_BUILDER_IMAGE: builderImage,
        SLIPWAY_REGISTRY_HTTP_HOSTS: `${registry},${cluster.registry}`,
        SLIPWAY_BUILD_ADDRESSES: `${settings['SLIPWAY_BUILD_ADDRESSES']},${cluster.registry}=${cluster.registryInCluster}`,
        ...more,
      }),
    startController: (mode = 'standalone') =>
      test.startProcess(['controller', '--mode', mode], 'controller started', {
        SLIPWAY_KUBECONFIG: controllerKubeconfig,
        SLIPWAY_CONTROLLER_NAMESPACES: mode === 'standalone' ? 'default' : namespace,
      }),
    jobsOf: async (run) => ({ jobs: await named('jobs', run, 'name'), pods: await named('pods', run, 'uid') }),
  };
}

/** The sample's ComponentWorkflow, building small Jobs in that namespace for that registry. */
export async function buildsIn(namespace: string, forgeUrl: string, registry: string): Promise<string> {
  const sample = await readFile(join('src/embedded/samples/gitops', workflowFile), 'utf8');
  const more = Object.entries(smallBuild).map(
    ([name, value]) => `          - name: slipway-${name}\n            value: ${value}\n`,
  );
  return `${sample
    .replace('openchoreo-ci-${metadata.namespaceName}', namespace)
    .replaceAll('https://forge.slipway.invalid', forgeUrl)
    .replace('registry.slipway.invalid', registry)
    .trimEnd()}\n${more.join('')}`;
}
