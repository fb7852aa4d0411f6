import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { buildBuilderImage } from '../../deploy/builder/build.ts';
import { defaultCacheFolder } from '../../src/embedded/folders.ts';
import type { BuildOutcome, BuildRequest } from '../../src/planes/build-plane.ts';
import { createKubeApi, type KubeApi } from '../../src/planes/kubernetes/api/kube-api.ts';
import { loadKubeConfig, openKubeConnection } from '../../src/planes/kubernetes/api/kube-connection.ts';
import {
  createKubernetesPlane,
  type KubernetesPlane,
  type KubernetesPlaneOptions,
} from '../../src/planes/kubernetes/kubernetes-plane.ts';
import { createRedactor } from '../../src/secrets/redact.ts';
import type { Cluster } from './cluster/cluster.ts';
import { forward } from './forward.ts';
import { type Files, startGitServer } from './git-server.ts';
import { usualRequest } from './job-parts.ts';

/** Password of the world's git server. */
export const sourceToken = 'source-token-of-the-world';

/** A plane on a real cluster, with the rights of `deploy/rbac` and no others, and a private git server that pods reach. */
export interface PlaneWorld {
  readonly api: KubeApi;
  readonly logFolder: string;
  /** Of the builder. */
  readonly image: string;
  planeWith(changes?: Partial<KubernetesPlaneOptions>): KubernetesPlane;
  /** Commits the files to a repository of their own. */
  requestFor(files: Files, changes?: Partial<BuildRequest>): Promise<BuildRequest>;
  build(request: BuildRequest, options?: BuildTry): Promise<BuildOutcome>;
  /** A Dockerfile on busybox with these instructions. */
  dockerfile(...instructions: string[]): Files;
  close(): Promise<void>;
}

export interface BuildTry {
  readonly plane?: KubernetesPlane;
  readonly signal?: AbortSignal;
  readonly progress?: string[];
}

/** Applies `deploy/rbac` for this namespace, publishes the builder image and starts the servers. */
export async function startPlaneWorld(cluster: Cluster, namespace: string): Promise<PlaneWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), 'plane-world-'));
  await allowWorker(cluster, namespace);
  const kubeconfig = path.join(folder, 'kubeconfig');
  await cluster.writeServiceAccountKubeconfig({ namespace: 'slipway-system', name: 'slipway-worker' }, kubeconfig);
  const layout = path.join(folder, 'builder');
  const cacheFolder = defaultCacheFolder(process.env);
  await buildBuilderImage({ output: layout, cacheFolder, onProgress: () => {} });
  const image = await cluster.publishImage({ layout }, 'slipway-builder:test');
  await cluster.pullAhead(image);
  const git = await startGitServer({ token: sourceToken });
  const { port, host } = new URL(git.url);
  const forwarded = await forward(cluster.bridgeAddress, Number(port));
  const api = createKubeApi(openKubeConnection(loadKubeConfig(kubeconfig)));
  let repositories = 0;

  const planeWith = (changes: Partial<KubernetesPlaneOptions> = {}) =>
    createKubernetesPlane({
      api,
      job: { image, profile: 'buildkit', userNamespaces: false, ttlSeconds: 600 },
      namespace,
      sourceHttpHosts: [host],
      registryHttpHosts: [cluster.registry],
      registryMirrors: {},
      addresses: new Map([
        [cluster.registry, cluster.registryInCluster],
        [host, `${cluster.bridgeAddress}:${port}`],
      ]),
      logFolder: folder,
      sourceAuthorization: async () => `Basic ${Buffer.from(`x:${sourceToken}`).toString('base64')}`,
      registryAuth: async () => undefined,
      authorities: async () => undefined,
      createRedactor,
      ...changes,
    });

  return {
    api,
    logFolder: folder,
    image,
    planeWith,
    async requestFor(files, changes = {}) {
      const name = `app-${++repositories}`;
      const { url, commit } = await git.createRepository(name, files);
      return {
        ...usualRequest,
        id: { execution: `${namespace}-${name}`, ordinal: 1 },
        source: { repository: url, commit, namespace: 'default' },
        job: { ...usualRequest.job, cpu: '100m', memory: '512Mi', storage: '1Gi' },
        image: { registry: cluster.registry, name: `${namespace}/${name}`, tag: 'v1' },
        timeoutSeconds: 170,
        ...changes,
      };
    },
    build: (request, { plane = planeWith(), signal = new AbortController().signal, progress = [] } = {}) =>
      plane.build(request, { signal, onProgress: (words) => progress.push(words) }),
    dockerfile: (...instructions) => ({
      Dockerfile: [`FROM ${cluster.registryInCluster}/busybox:1`, ...instructions, ''].join('\n'),
    }),
    async close() {
      await forwarded.close();
      await git.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What `deploy/rbac` says of `slipway-builds` is applied to the test's own namespace; that namespace and its quota are the test's. */
async function allowWorker({ kubectl }: Cluster, namespace: string): Promise<void> {
  const texts = await Promise.all(['worker', 'builds'].map((name) => readFile(`deploy/rbac/${name}.yaml`, 'utf8')));
  const objects = texts.flatMap((text) => parseAllDocuments(text)).map((document) => document.toJS());
  for (const object of objects) {
    const isBuilds = object.metadata.name === 'slipway-builds';
    if (object.kind === 'ResourceQuota' || (isBuilds && object.kind === 'Namespace')) continue;
    if (isBuilds) object.metadata.namespace = namespace;
    await kubectl(['apply', '--filename', '-'], object);
  }
}
