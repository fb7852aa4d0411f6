import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { busyboxImage } from '../support/cluster/images.ts';
import { makeNamespace, useCluster } from '../support/cluster/use-cluster.ts';

const cluster = useCluster();
const { kubectl, faults } = cluster;
const namespace = await makeNamespace(cluster);
const inNamespace = (...args: readonly string[]) => kubectl([...args, '--namespace', namespace]);

/** Waits for that state of a pod. */
const becomes = (name: string, state: string) => inNamespace('wait', `--for=${state}`, `pod/${name}`, '--timeout=60s');
const pod = (image: string, script: string, imagePullPolicy: 'IfNotPresent' | 'Never' = 'IfNotPresent') => ({
  restartPolicy: 'Never',
  terminationGracePeriodSeconds: 1,
  containers: [{ name: 'main', image, imagePullPolicy, command: ['sh', '-c', script] }],
});
const create = (apiVersion: string, kind: string, name: string, spec: object) =>
  kubectl(['create', '--filename', '-'], { apiVersion, kind, metadata: { name, namespace }, spec });

/** Runs a Job to its end and returns its container's termination message. */
async function runJob(name: string, image: string, script: string): Promise<string> {
  const template = { spec: pod(image, script) };
  await create('batch/v1', 'Job', name, { backoffLimit: 0, activeDeadlineSeconds: 60, template });
  await inNamespace('wait', '--for=condition=Complete', `job/${name}`, '--timeout=60s');
  const message = '{.items[0].status.containerStatuses[0].state.terminated.message}';
  return inNamespace('get', 'pods', '--selector', `job-name=${name}`, '--output', `jsonpath=${message}`);
}

const busybox = `${cluster.registryInCluster}/busybox:1`;

describe('the cluster', () => {
  it('has nodes, and all are ready', async () => {
    const states = '{.items[*].status.conditions[?(@.type=="Ready")].status}';

    expect(await kubectl(['get', 'nodes', '--output', `jsonpath=${states}`])).toMatch(/^True( True)*$/);
  });

  it('runs a Job whose termination message can be read', async () => {
    expect(await runJob('message', busybox, 'printf "from the pod" >/dev/termination-log')).toBe('from the pod');
  });

  it('runs an image that was pushed to the registry’s address for tests, by its address for pods', async () => {
    const image = await cluster.publishImage(await busyboxImage(['sh']), 'pushed/here:1');

    expect(image).toContain(`${cluster.registryInCluster}/pushed/here:1@sha256:`);
    expect(await runJob('pushed', image, 'printf pulled >/dev/termination-log')).toBe('pulled');
  });

  it('gives pods the way to a server of a test', async () => {
    const script = `wget -qO- http://${cluster.registryInCluster}/v2/busybox/tags/list >/dev/termination-log`;

    expect(JSON.parse(await runJob('reaches', busybox, script))).toEqual({ name: 'busybox', tags: ['1'] });
  });

  it('lets a service account do what it is allowed and refuses the rest', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-account-'));
    const file = join(folder, 'kubeconfig');
    const asReader = (...args: readonly string[]) => inNamespace(...args, '--kubeconfig', file);
    await inNamespace('create', 'serviceaccount', 'reader');
    await inNamespace('create', 'role', 'reader', '--verb=get,list', '--resource=configmaps');
    await inNamespace('create', 'rolebinding', 'reader', '--role=reader', `--serviceaccount=${namespace}:reader`);

    await cluster.writeServiceAccountKubeconfig({ namespace, name: 'reader' }, file);

    expect(await asReader('get', 'configmaps')).toContain('kube-root-ca.crt');
    await expect(asReader('get', 'secrets')).rejects.toThrow(
      `User "system:serviceaccount:${namespace}:reader" cannot list resource "secrets"`,
    );
    await expect(asReader('create', 'configmap', 'other')).rejects.toThrow('cannot create resource "configmaps"');
    await rm(folder, { recursive: true });
  });
});

describe.skipIf(faults === undefined)('a cluster made for the tests', () => {
  it('comes back after the API server was killed, with what it knew', async () => {
    await inNamespace('create', 'configmap', 'kept', '--from-literal=key=value');

    await faults?.stopApiServer();
    try {
      await expect(inNamespace('get', 'configmap', 'kept')).rejects.toThrow('refused');
    } finally {
      await faults?.startApiServer();
    }

    expect(await inNamespace('get', 'configmap', 'kept', '--output', 'jsonpath={.data.key}')).toBe('value');
    expect(await runJob('afterwards', busybox, 'printf well >/dev/termination-log')).toBe('well');
  });

  it('notices in less than a minute that the kubelet is gone, and that it is back', async () => {
    const nodeBecomes = (ready: string) =>
      kubectl(['wait', 'node', '--all', `--for=condition=Ready=${ready}`, '--timeout=60s']);

    await faults?.stopKubelet();
    try {
      await nodeBecomes('Unknown');
    } finally {
      await faults?.startKubelet();
    }

    expect(await nodeBecomes('True')).toContain('condition met');
  });

  it('has an image on its node that was pulled ahead', async () => {
    const image = await cluster.publishImage(await busyboxImage(['ash']), 'ahead:1');

    await cluster.pullAhead(image);
    await create('v1', 'Pod', 'ahead', pod(image, 'true', 'Never'));

    expect(await becomes('ahead', 'jsonpath={.status.phase}=Succeeded')).toContain('condition met');
  });

  it('evicts pods from a drained node and lets new ones wait until it is open again', async () => {
    await create('v1', 'Pod', 'evicted', pod(busybox, 'sleep 600'));
    await becomes('evicted', 'condition=Ready');

    await faults?.drainNode();
    try {
      expect(await inNamespace('get', 'pod', 'evicted', '--ignore-not-found')).toBe('');
      await create('v1', 'Pod', 'waiting', pod(busybox, 'true'));
      await becomes('waiting', 'condition=PodScheduled=false');
    } finally {
      await faults?.uncordonNode();
    }

    expect(await becomes('waiting', 'jsonpath={.status.phase}=Succeeded')).toContain('condition met');
  });
});
