import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadKubeConfig, openKubeConnection } from '../../../../src/kubernetes/kube-connection.ts';
import { createKubeApi, type KubeApi } from '../../../../src/planes/kubernetes/api/kube-api.ts';
import { jobManifest } from '../../../../src/planes/kubernetes/job-manifest.ts';
import { type FakeKubernetes, type Fault, startFakeKubernetes } from '../../../support/fake-kubernetes.ts';
import { jobParts, usualRequest } from '../../../support/job-parts.ts';

let fake: FakeKubernetes;
let api: KubeApi;
const never = new AbortController().signal;
const job = (ordinal = 1) =>
  jobManifest(jobParts({ request: { ...usualRequest, id: { ...usualRequest.id, ordinal } } }));

beforeEach(async () => {
  fake = await startFakeKubernetes();
  api = createKubeApi(openKubeConnection(loadKubeConfig(fake.kubeconfig)));
});
afterEach(() => fake.stop());

const made = async (ordinal = 1) => {
  const found = await api.createJob('builds', job(ordinal), never);
  if (found === undefined) throw new Error('there is one');
  return found;
};
const lines = async (read: AsyncGenerator<string>): Promise<string[]> => {
  const all: string[] = [];
  for await (const line of read) all.push(line);
  return all;
};

describe('the calls', () => {
  it('create a Job once, let it go, read it and delete it', async () => {
    const { metadata, spec } = await made();
    expect(spec.suspend).toBe(true);
    expect(await api.createJob('builds', job(), never)).toBeUndefined();
    expect(await api.unsuspendJob('builds', metadata.name, never)).toBe(true);
    expect((await api.getJob('builds', metadata.name, never))?.spec.suspend).toBe(false);
    await api.deleteJob(
      { metadata: { ...metadata, uid: 'of-an-earlier-one' }, spec, status: { conditions: [] } },
      never,
    );
    expect((await api.getJob('builds', metadata.name, never))?.metadata.deletionTimestamp).toBeUndefined();
    await api.deleteJob({ metadata, spec, status: { conditions: [] } }, never);
    await expect.poll(() => api.getJob('builds', metadata.name, never)).toBeUndefined();
    expect(await api.unsuspendJob('builds', metadata.name, never)).toBe(false);
  });

  it('read all pages of a list', async () => {
    for (const ordinal of [1, 2, 3]) await made(ordinal);
    expect(await api.listJobs('a=b', never)).toHaveLength(3);
  });

  it('keep to a few connections', async () => {
    for (let call = 0; call < 30; call++) await api.getJob('builds', 'none', never);
    expect(fake.connections()).toBeLessThanOrEqual(2);
  });

  it('read lines of a log, and none where there is no log yet', async () => {
    fake.logs.set('build', { text: 't1 one\nt2 two\nt3 no end', open: false });
    expect(await lines(api.podLog('builds', 'p', 'build', {}, never))).toEqual(['one\n', 'two\n', 'no end']);
    expect(await lines(api.podLog('builds', 'p', 'push', {}, never))).toEqual([]);
  });
});

describe('waiting for pods', () => {
  it('ends at a change, long before its limit', async () => {
    setTimeout(() => fake.setPod('j', {}), 100);
    const began = Date.now();
    await api.awaitPods('builds', 'j', '1', 20_000, never);
    expect(Date.now() - began).toBeLessThan(5000);
  });

  it.each<[string, Fault | undefined]>([
    ['silence', undefined],
    ['a reset', 'reset'],
    ['500', { status: 500 }],
    ['410', { status: 410 }],
  ])('ends without an error on %s', async (_, trouble) => {
    fake.fault = () => trouble;
    await expect(api.awaitPods('builds', 'j', '1', 300, never)).resolves.toBeUndefined();
  });

  it('tells that it may not watch', async () => {
    fake.fault = () => ({ status: 403, message: 'pods is forbidden: User "w" cannot watch resource "pods"' });
    await expect(api.awaitPods('builds', 'j', '1', 300, never)).rejects.toMatchObject({ type: 'AccessDenied' });
  });
});

describe('a call that fails', () => {
  it.each([
    [401, 'Unauthorized', 'AccessDenied', 'create jobs in namespace builds'],
    [
      403,
      'jobs.batch is forbidden: User "w" cannot create resource "jobs"',
      'AccessDenied',
      'create jobs in namespace builds',
    ],
    [
      403,
      'jobs.batch "x" is forbidden: exceeded quota: builds, used: 4, limited: 4',
      'Unavailable',
      'waiting for quota',
    ],
    [403, 'admission webhook "policy.example" denied the request: no', 'PolicyRejected', 'policy.example'],
    [400, 'admission webhook "policy.example" denied the request: no', 'PolicyRejected', 'policy.example'],
    [404, 'namespaces "builds" not found', 'ManifestInvalid', 'namespaces "builds" not found'],
    [422, 'Job.batch "x" is invalid: spec.template.spec.nodeSelector', 'ManifestInvalid', 'nodeSelector'],
    [429, 'too many requests', 'Unavailable', 'too busy'],
    [500, 'etcdserver: request timed out', 'Unavailable', 'etcdserver'],
    [503, 'apiserver is shutting down', 'Unavailable', 'shutting down'],
  ])('with %i "%s" is %s', async (status, message, type, text) => {
    fake.fault = () => ({ status, message });
    await expect(api.createJob('builds', job(), never)).rejects.toMatchObject({
      type,
      message: expect.stringContaining(text),
    });
  });

  it('says that the server is away, and works again when it is back', async () => {
    await fake.pause();
    await expect(api.getJob('builds', 'j', never)).rejects.toMatchObject({
      type: 'Unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await fake.resume();
    expect(await api.getJob('builds', 'j', never)).toBeUndefined();
  });

  it('does not trust an answer that is no Job', async () => {
    await made();
    fake.jobs.set('odd', { metadata: { name: 'odd', namespace: 'builds', uid: '' } });
    await expect(api.getJob('builds', 'odd', never)).rejects.toMatchObject({ type: 'Unavailable' });
  });

  it('ends at once with the reason of its signal', async () => {
    fake.fault = () => 'hang';
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('cancelled')), 100);
    await expect(api.getJob('builds', 'j', stop.signal)).rejects.toThrow('cancelled');
  });
});

describe('the connection', () => {
  it('does not trust another authority, and follows the file of authorities when it changes', async () => {
    const config: { clusters: [{ cluster: Record<string, string> }] } = JSON.parse(
      readFileSync(fake.kubeconfig, 'utf8'),
    );
    const folder = path.dirname(fake.kubeconfig);
    const [right, followed] = [path.join(folder, 'tls.crt'), path.join(folder, 'followed.crt')];
    const files = ['-keyout', '/dev/null', '-out', followed, '-subj', '/CN=other'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files], { stdio: 'ignore' });
    config.clusters[0].cluster['certificate-authority'] = followed;
    writeFileSync(path.join(folder, 'other'), JSON.stringify(config));
    const other = createKubeApi(openKubeConnection(loadKubeConfig(path.join(folder, 'other'))));
    await expect(other.getJob('builds', 'j', never)).rejects.toMatchObject({ type: 'Unavailable' });

    copyFileSync(right, followed);

    expect(await other.getJob('builds', 'j', never)).toBeUndefined();
  });
});
