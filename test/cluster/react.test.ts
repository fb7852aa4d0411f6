import { describe, expect, it, onTestFinished } from 'vitest';
import { defaultCacheFolder } from '../../src/embedded/folders.ts';
import { makeNamespace, useCluster } from '../support/cluster/use-cluster.ts';
import { prepareBuilds } from '../support/cluster-builds.ts';
import { nginxImage, nodeImage } from '../support/frontend/base-images.ts';
import { reactPlan, readApp } from '../support/frontend/frontend-world.ts';
import { startNpmRegistry } from '../support/frontend/npm-registry.ts';

const cluster = useCluster();
const builds = await prepareBuilds(cluster);
const apps = await makeNamespace(cluster, { 'pod-security.kubernetes.io/enforce': 'restricted' });

describe('a React application on a cluster', () => {
  it('is built without rights, and served by a pod with a read-only root', { timeout: 300_000 }, async () => {
    const cacheFolder = defaultCacheFolder(process.env);
    const [node, nginx] = [
      await cluster.publishImage({ layout: await nodeImage(cacheFolder, '20', () => {}) }, 'node:20'),
      await cluster.publishImage({ layout: await nginxImage(cacheFolder, () => {}) }, 'nginx:1'),
    ];
    const npm = await startNpmRegistry(cacheFolder, { address: cluster.bridgeAddress });
    onTestFinished(npm.close);
    const request = await builds.requestFor(await readApp('react-pnpm', npm.url), {
      plan: { ...reactPlan({ nodeImage: node, nginxImage: nginx, npmRegistry: npm.url }), port: 3000 },
      timeoutSeconds: 240,
    });

    const outcome = await builds.planeWith().build(request, {
      signal: new AbortController().signal,
      onProgress: () => {},
    });

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
});
