import type { V1Job, V1Secret } from '@kubernetes/client-node';
import { Failure } from '../../../failures.ts';
import { kubeCall } from '../../../kubernetes/kube-call.ts';
import type { KubeCall, KubeConnection } from '../../../kubernetes/kube-connection.ts';
import type { KubeAction } from '../../../kubernetes/kube-failure.ts';
import { lines } from '../../../kubernetes/lines.ts';
import { listObjects } from '../../../kubernetes/list-objects.ts';
import { readAnswer } from '../../../kubernetes/read-answer.ts';
import { Job, KubeEvent, Pod } from './kube-objects.ts';

/**
 * All that builds ask of a cluster; `deploy/rbac` allows exactly this. Every call throws `Unavailable`, `AccessDenied`,
 * `PolicyRejected` or `ManifestInvalid`, or the reason of its signal.
 */
export interface KubeApi {
  /** Undefined where there is a Job of that name. */
  createJob(namespace: string, job: V1Job, signal: AbortSignal): Promise<Job | undefined>;
  getJob(namespace: string, name: string, signal: AbortSignal): Promise<Job | undefined>;
  /** Lets a suspended Job begin. Safe to repeat; false where there is no such Job. */
  unsuspendJob(namespace: string, name: string, signal: AbortSignal): Promise<boolean>;
  /** Asks for the end of this very Job and then of its pods; it goes when they are gone. Safe to repeat. */
  deleteJob(job: Job, signal: AbortSignal): Promise<void>;
  /** Jobs of all namespaces. */
  listJobs(labelSelector: string, signal: AbortSignal): Promise<readonly Job[]>;
  /** Safe to repeat: one of that name stays as it is. */
  createSecret(namespace: string, secret: V1Secret, signal: AbortSignal): Promise<void>;
  listPods(namespace: string, jobName: string, signal: AbortSignal): Promise<PodsAt>;
  /** Returns when the Job's pods may have changed since, and after `limitMs` at the latest; also when it cannot tell. */
  awaitPods(namespace: string, jobName: string, since: string, limitMs: number, signal: AbortSignal): Promise<void>;
  /** Events about the object with this uid. */
  listEvents(namespace: string, uid: string, signal: AbortSignal): Promise<readonly KubeEvent[]>;
  /** Lines of a container's log as they come, with their line feeds; none where it has no log yet or any more. */
  podLog(
    namespace: string,
    pod: string,
    container: string,
    options: LogOptions,
    signal: AbortSignal,
  ): AsyncGenerator<string>;
}

/** Pods as they were at one version of the cluster. */
export interface PodsAt {
  readonly pods: readonly Pod[];
  readonly resourceVersion: string;
}

export interface LogOptions {
  /** Goes on until the container ends. */
  readonly follow?: boolean;
  /** At most so many of the last lines. */
  readonly tailLines?: number;
  /** RFC 3339; lines from then on, each beginning with its time and a blank. */
  readonly since?: string | undefined;
}

/** The calls of `KubeApi` over a connection. */
export function createKubeApi(connection: KubeConnection): KubeApi {
  const { send, stream } = connection;
  return {
    async createJob(namespace, job, signal) {
      const call: KubeCall = { ...on('create', 'jobs', namespace), method: 'POST', body: job, expected: [409] };
      const answer = await send(call, signal);
      return answer.status === 409 ? undefined : readAnswer(Job, answer.body, call);
    },
    async getJob(namespace, name, signal) {
      const call: KubeCall = { ...on('get', 'jobs', namespace, name), method: 'GET', expected: [404] };
      const answer = await send(call, signal);
      return answer.status === 404 ? undefined : readAnswer(Job, answer.body, call);
    },
    async unsuspendJob(namespace, name, signal) {
      const body = { spec: { suspend: false } };
      const call: KubeCall = { ...on('patch', 'jobs', namespace, name), method: 'PATCH', body, expected: [404] };
      return (await send(call, signal)).status !== 404;
    },
    async deleteJob({ metadata: { namespace, name, uid } }, signal) {
      const body = { propagationPolicy: 'Foreground', preconditions: { uid } };
      // 409: another Job has that name by now.
      await send({ ...on('delete', 'jobs', namespace, name), method: 'DELETE', body, expected: [404, 409] }, signal);
    },
    async listJobs(labelSelector, signal) {
      const call: KubeCall = { ...on('list', 'jobs'), method: 'GET', query: { labelSelector } };
      return (await listObjects(connection, call, Job, signal)).items;
    },
    async createSecret(namespace, secret, signal) {
      await send({ ...on('create', 'secrets', namespace), method: 'POST', body: secret, expected: [409] }, signal);
    },
    async listPods(namespace, jobName, signal) {
      const call: KubeCall = { ...on('list', 'pods', namespace), method: 'GET', query: podsOf(jobName) };
      const { items, resourceVersion } = await listObjects(connection, call, Pod, signal);
      return { pods: items, resourceVersion };
    },
    async awaitPods(namespace, jobName, since, limitMs, signal) {
      const timeoutSeconds = String(Math.ceil(limitMs / 1000));
      const query = { ...podsOf(jobName), watch: '1', resourceVersion: since, timeoutSeconds };
      const call: KubeCall = { ...on('watch', 'pods', namespace), method: 'GET', query };
      const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
      try {
        for await (const text of stream(call, limit)) if (text.trim() !== '') return;
      } catch (error) {
        signal.throwIfAborted();
        // Whatever else ends the stream, the next look at the Job tells.
        if (error instanceof Failure && error.type === 'AccessDenied') throw error;
      }
    },
    async listEvents(namespace, uid, signal) {
      const query = { fieldSelector: `involvedObject.uid=${uid}` };
      const call: KubeCall = { ...on('list', 'events', namespace), method: 'GET', query };
      return (await listObjects(connection, call, KubeEvent, signal)).items;
    },
    async *podLog(namespace, pod, container, { follow, tailLines, since }, signal) {
      const query = {
        container,
        ...(follow && { follow: 'true' }),
        ...(tailLines !== undefined && { tailLines: String(tailLines) }),
        ...(since !== undefined && { timestamps: 'true', ...(since !== '' && { sinceTime: since }) }),
      };
      // 400 and 404: the container has not begun, or its pod is gone.
      const call: KubeCall = { ...on('get', 'pods/log', namespace, pod), method: 'GET', query, expected: [400, 404] };
      yield* lines(stream(call, signal), longestLine);
    },
  };
}

const on = (verb: KubeAction['verb'], resource: string, namespace?: string, name?: string) =>
  kubeCall(resource === 'jobs' ? 'batch' : 'core', verb, resource, namespace, name);

const podsOf = (jobName: string) => ({ labelSelector: `batch.kubernetes.io/job-name=${jobName}` });

const longestLine = 64 * 1024;
