import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, inject } from 'vitest';
import { loadKubeConfig, openKubeConnection } from '../../src/kubernetes/kube-connection.ts';
import type { BuildOutcome, BuildRequest } from '../../src/planes/build-plane.ts';
import { createKubeApi } from '../../src/planes/kubernetes/api/kube-api.ts';
import type { JobSettings } from '../../src/planes/kubernetes/job-manifest.ts';
import { jobName } from '../../src/planes/kubernetes/job-names.ts';
import {
  createKubernetesPlane,
  type KubernetesPlane,
  type KubernetesPlaneOptions,
} from '../../src/planes/kubernetes/kubernetes-plane.ts';
import { createRedactor, redactPieces } from '../../src/secrets/redact.ts';
import { patience } from './build-world.ts';
import type { Cluster } from './cluster/cluster.ts';
import { allowBuilds, writeRoleKubeconfig } from './cluster/namespaces.ts';
import type {} from './cluster/setup.ts';
import { makeNamespace } from './cluster/use-cluster.ts';
import { type Files, type GitServer, startGitServer } from './git-server.ts';
import { jobParts, usualRequest } from './job-parts.ts';
import { smallBuild } from './start-cluster-world.ts';

/** Makes a namespace of the test file's own as `deploy/rbac` makes one for builds, with the worker's rights there. */
export async function makeBuildNamespace(
  cluster: Cluster,
  labels: Readonly<Record<string, string>> = {},
): Promise<string> {
  const namespace = await makeNamespace(cluster, labels);
  await allowBuilds(cluster, namespace);
  return namespace;
}

/** What a build of a test gets: several fit on two cores. */
export const smallJob = { ...usualRequest.job, ...smallBuild } as const;

/** Builds on a real cluster, with the rights of `deploy/rbac` and no others, in a namespace of the test file's own. */
export interface ClusterBuilds {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly sources: GitServer;
  /** What its planes' settings say about Jobs. */
  readonly job: JobSettings;
  /** kubectl in the namespace. */
  kubectl(...args: readonly string[]): Promise<string>;
  planeWith(changes?: Partial<KubernetesPlaneOptions>): KubernetesPlane;
  /** A request to build these files, as a repository of its own; a text is a Dockerfile. */
  requestFor(files: Files | string, changes?: Partial<BuildRequest>, server?: GitServer): Promise<BuildRequest>;
  /** A Dockerfile on top of busybox. */
  dockerfile(...lines: readonly string[]): string;
  /** Builds with a plane that nothing is special about. */
  build(files: Files | string, changes?: Partial<BuildRequest>): Promise<BuildOutcome>;
  /** Waits until the log of the build's container holds the text. */
  prints(request: BuildRequest, text: string, container?: string): Promise<void>;
}

/** Prepares what builds need, until the end of the test file. */
export async function prepareBuilds(
  cluster: Cluster,
  labels: Readonly<Record<string, string>> = {},
): Promise<ClusterBuilds> {
  const namespace = await makeBuildNamespace(cluster, labels);
  const sources = await startGitServer({ host: cluster.bridgeAddress });
  const folder = await mkdtemp(path.join(tmpdir(), 'cluster-builds-'));
  const api = createKubeApi(openKubeConnection(loadKubeConfig(await writeRoleKubeconfig(cluster, folder, 'worker'))));
  const job = { ...jobParts().settings, image: inject('builderImage') };
  afterAll(async () => {
    await sources.close();
    await rm(folder, { recursive: true, force: true });
  });
  let repositories = 0;

  const kubectl: ClusterBuilds['kubectl'] = (...args) => cluster.kubectl(['--namespace', namespace, ...args]);
  const dockerfile: ClusterBuilds['dockerfile'] = (...lines) =>
    [`FROM ${cluster.registryInCluster}/busybox:1`, ...lines, ''].join('\n');
  const planeWith: ClusterBuilds['planeWith'] = (changes = {}) =>
    createKubernetesPlane({
      api,
      job,
      namespace,
      sourceHttpHosts: [new URL(sources.url).host],
      registryHttpHosts: [cluster.registry],
      registryMirrors: {},
      addresses: new Map([[cluster.registry, cluster.registryInCluster]]),
      buildpacks: { lifecycleImage: 'registry.example/lifecycle:1', readImage: async () => undefined },
      logFolder: folder,
      sourceAuthorization: async () => undefined,
      registryAuth: async () => undefined,
      authorities: async () => undefined,
      createRedactor,
      redactPieces,
      ...changes,
    });
  const requestFor: ClusterBuilds['requestFor'] = async (files, changes = {}, server = sources) => {
    repositories += 1;
    const number = repositories;
    const name = `app-${number}`;
    const texts = typeof files === 'string' ? { Dockerfile: files } : files;
    const { url, commit } = await server.createRepository(name, texts);
    return {
      ...usualRequest,
      id: { execution: `${namespace}-${number}`, ordinal: 1 },
      owner: { ...usualRequest.owner, component: name, run: name },
      source: { repository: url, commit, namespace: 'default' },
      job: smallJob,
      image: { registry: cluster.registry, name: `${namespace}/${name}`, tag: 'v1' },
      timeoutSeconds: 120,
      ...changes,
    };
  };
  return {
    cluster,
    namespace,
    sources,
    job,
    kubectl,
    dockerfile,
    planeWith,
    requestFor,
    build: async (files, changes) => planeWith().build(await requestFor(files, changes), patience()),
    async prints({ id }, text, container = 'build') {
      const log = () => kubectl('logs', `job/${jobName(id)}`, '--container', container).catch(() => '');
      while (!(await log()).includes(text)) await new Promise((resolve) => setTimeout(resolve, 300));
    },
  };
}
