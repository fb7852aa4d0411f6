import { afterAll, describe, expect, it } from 'vitest';
import { defaultCacheFolder } from '../../src/embedded/folders.ts';
import { jobName } from '../../src/planes/kubernetes/job-names.ts';
import { patience } from '../support/build-world.ts';
import { makeNamespace, useCluster } from '../support/cluster/use-cluster.ts';
import { prepareBuilds } from '../support/cluster-builds.ts';
import { nginxImage, nodeImage } from '../support/frontend/base-images.ts';
import { reactPlan, readApp } from '../support/frontend/frontend-world.ts';
import { startNpmRegistry } from '../support/frontend/npm-registry.ts';

const cluster = useCluster();
const builds = await prepareBuilds(cluster);
const cacheFolder = defaultCacheFolder(process.env);
const apps = await makeNamespace(cluster, { 'pod-security.kubernetes.io/enforce': 'restricted' });

const npm = await startNpmRegistry(cacheFolder, { address: cluster.bridgeAddress });
afterAll(npm.close);
const nodeLayout = await nodeImage(cacheFolder, '20', () => {});
const plan = reactPlan({
  nodeImage: await cluster.publishImage({ layout: nodeLayout }, 'node:20'),
  nginxImage: await cluster.publishImage({ layout: await nginxImage(cacheFolder, () => {}) }, 'nginx:1'),
  npmRegistry: npm.url,
});

describe('a React application on a cluster', () => {
  it('is built without rights, and served by a pod with a read-only root', { timeout: 300_000 }, async () => {
    const request = await builds.requestFor(await readApp('react-pnpm', npm.url), {
      plan: { ...plan, port: 3000 },
      timeoutSeconds: 240,
    });

    const outcome = await builds.planeWith().build(request, patience());

    expect(outcome).toMatchObject({ kind: 'built' });
    const digest = outcome.kind === 'built' ? outcome.digest : '';
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: apps },
      spec: {
        automountServiceAccountToken: false,
        containers: [
          {
            name: 'web',
            image: `${cluster.registryInCluster}/${request.image.name}@${digest}`,
            readinessProbe: { httpGet: { path: '/healthz', port: 3000 }, periodSeconds: 1 },
            securityContext: {
              runAsNonRoot: true,
              readOnlyRootFilesystem: true,
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'] },
              seccompProfile: { type: 'RuntimeDefault' },
            },
            volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
          },
        ],
        volumes: [{ name: 'tmp', emptyDir: {} }],
      },
    };
    await cluster.kubectl(['apply', '--filename', '-'], JSON.stringify(pod));
    await cluster.kubectl(['wait', '--namespace', apps, '--for=condition=Ready', 'pod/web', '--timeout=120s']);
    const address = await cluster.kubectl([
      'get',
      'pod',
      'web',
      '--namespace',
      apps,
      '--output=jsonpath={.status.podIP}',
    ]);
    const page = await fetch(`http://${address.trim()}:3000/a/deep/link`);
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-cache']);
    expect(await page.text()).toMatch(/src="\/assets\/main-[0-9a-f]{8}\.js"/);
  });

  it('finds no credential where it is hostile', { timeout: 300_000 }, async () => {
    const app = await readApp('react-npm', npm.url);
    const secrets = ['source-token-of-the-test', 'registry-password-of-the-test'] as const;
    const [token, password] = secrets;
    const attack = `try() { if "$@" 2>/dev/null; then echo "REACHED: $*"; else echo "refused: $1"; fi; }
try ls /run/secrets/slipway
try ls /var/run/secrets/kubernetes.io/serviceaccount/token
try ls /var/run/docker.sock /run/containerd/containerd.sock
env
cat /proc/*/environ /proc/*/cmdline /slipway/* 2>/dev/null | tr '\\0' '\\n'
grep -hs '${secrets.map((secret) => `[${secret[0]}]${secret.slice(1)}`).join('\\|')}' -r /run /var /tmp /etc /root /slipway || true`;
    const manifest = {
      ...JSON.parse(app['package.json'] ?? ''),
      scripts: { preinstall: 'sh attack', build: 'tiny-bundle' },
    };
    const files = { ...app, attack, 'package.json': JSON.stringify(manifest) };
    const buildCommand = `${attack}\nnpm run build -- '$(env)'`;
    const request = await builds.requestFor(files, {
      plan: { ...plan, buildCommand, outputDir: '$(env)' },
      timeoutSeconds: 240,
    });
    const plane = builds.planeWith({
      sourceAuthorization: async () => `Bearer ${token}`,
      registryAuth: async () => JSON.stringify({ auths: { [cluster.registry]: { username: 'robot', password } } }),
    });

    const outcome = await plane.build(request, patience());

    const log = await builds.kubectl('logs', `job/${jobName(request.id)}`, '--container', 'build');
    expect(outcome, log).toMatchObject({ kind: 'built' });
    expect(log.match(/refused: ls/g)?.length).toBe(6);
    expect(log).not.toContain('REACHED: ls');
    for (const secret of secrets) expect(log).not.toContain(secret);
  });
});
