import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadKubeConfig, openKubeConnection } from '../../src/kubernetes/kube-connection.ts';
import { createKubeApi, type KubeApi } from '../../src/planes/kubernetes/api/kube-api.ts';
import {
  createKubernetesPlane,
  type KubernetesPlane,
  type KubernetesPlaneOptions,
} from '../../src/planes/kubernetes/kubernetes-plane.ts';
import { createRedactor, redactPieces } from '../../src/secrets/redact.ts';
import { type FakeKubernetes, startFakeKubernetes } from './fake-kubernetes.ts';
import { jobParts } from './job-parts.ts';
import { aPod } from './kube-objects.ts';

/** A plane on a fake API server, where the test plays the cluster. */
export interface JobWorld {
  readonly fake: FakeKubernetes;
  readonly api: KubeApi;
  readonly logFolder: string;
  planeWith(changes?: Partial<KubernetesPlaneOptions>): KubernetesPlane;
  /** Waits until the only Job was let go, and gives its name. */
  begun(): Promise<string>;
  stop(): Promise<void>;
}

/** States of a container, as a kubelet tells them. */
export const container = {
  pending: { waiting: { reason: 'PodInitializing' } },
  running: { running: { startedAt: '2026-11-22T10:00:05Z' } },
  done: { terminated: { exitCode: 0, reason: 'Completed' } },
  ended: (exitCode: number, message = '') => ({ terminated: { exitCode, reason: 'Error', message } }),
} as const;

const digest = `sha256:${'d'.repeat(64)}`;
const pushed = { terminated: { exitCode: 0, message: JSON.stringify({ v: 1, kind: 'pushed', digest }) } };
/** A pod that pushed an image with digest `sha256:ddd…`. */
export const succeeded = aPod({ phase: 'Succeeded', containers: { build: container.done, push: pushed } });

/** Starts an API server of its own. */
export async function startJobWorld(): Promise<JobWorld> {
  const fake = await startFakeKubernetes();
  const logFolder = await mkdtemp(path.join(tmpdir(), 'job-logs-'));
  const api = createKubeApi(openKubeConnection(loadKubeConfig(fake.kubeconfig)));
  return {
    fake,
    api,
    logFolder,
    planeWith: (changes = {}) =>
      createKubernetesPlane({
        api,
        job: jobParts().settings,
        namespace: 'builds',
        sourceHttpHosts: [],
        registryHttpHosts: [],
        registryMirrors: {},
        addresses: new Map(),
        buildpacks: { lifecycleImage: 'registry.example/lifecycle:1', readImage: async () => undefined },
        logFolder,
        sourceAuthorization: async () => undefined,
        registryAuth: async () => undefined,
        authorities: async () => undefined,
        createRedactor,
        redactPieces,
        pace: { resyncMs: 2000, pauseMs: 20, patienceMs: 60_000, outageMs: 60_000 },
        ...changes,
      }),
    async begun() {
      for (;;) {
        const job = [...fake.jobs.values()][0];
        if (job && !(job['spec'] as { suspend: boolean }).suspend) return job.metadata.name;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async stop() {
      await fake.stop();
      await rm(logFolder, { recursive: true, force: true });
    },
  };
}
