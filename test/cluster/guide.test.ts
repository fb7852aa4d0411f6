import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { defaultCacheFolder } from '../../src/embedded/folders.ts';
import { sendPush } from '../../src/embedded/forge/send-push.ts';
import { createLogger } from '../../src/logger.ts';
import { startServer } from '../../src/server.ts';
import { loadServerConfig } from '../../src/server-config.ts';
import { temporalSettings } from '../../src/temporal/connect.ts';
import { allowBuilds, removeNamespace } from '../support/cluster/namespaces.ts';
import { allow, installKinds } from '../support/cluster/openchoreo.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { prepareWorld } from '../support/cluster-world.ts';
import { commitFiles } from '../support/commit-files.ts';
import { nginxImage, nodeImage } from '../support/frontend/base-images.ts';
import { readApp } from '../support/frontend/frontend-world.ts';
import { startNpmRegistry } from '../support/frontend/npm-registry.ts';
import { git, pullRequests } from '../support/gitops.ts';
import { guideResources } from '../support/guide-resources.ts';
import { prepareBuildpackImages } from '../support/lifecycle/buildpack-images.ts';

// The guide, with its names and commands. Where its three runs build:
const builds = 'openchoreo-ci-default';
const cluster = useCluster();
const { kubectl, registry } = cluster;
const test = await prepareWorld(cluster);
await installKinds(cluster);
for (const file of ['catalog', 'controller/controller']) await allow(cluster, file);
await allowBuilds(cluster, builds);
await kubectl(['create', 'serviceaccount', 'workflow-sa', '--namespace', builds]);
afterAll(() => removeNamespace(cluster, builds));

const cacheFolder = defaultCacheFolder(process.env);
const npm = await startNpmRegistry(cacheFolder, { address: cluster.bridgeAddress });
afterAll(npm.close);
const publish = (layout: string, name: string) => cluster.publishImage({ layout }, name);
const node = await publish(await nodeImage(cacheFolder, '20', () => {}), 'node:20');
const nginx = await publish(await nginxImage(cacheFolder, () => {}), 'nginx:1');
const { builder, lifecycle } = await prepareBuildpackImages(registry);
const { files, platform, runs } = await guideResources(test, { registry, builder });
await commitFiles(test.gitops, files);
const names = [...runs.keys()];

const from = (await git(test.source, 'show', 'main:Dockerfile')).split('\n')[0];
const prefixed = (folder: string, app: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(app).map(([path, text]) => [`${folder}/${path}`, text]));
const descriptor = await git(test.source, 'show', 'main:workload.yaml');
/** Changes all three applications, so that nothing is found that was built before. */
const change = (word: string) => {
  const app = {
    'built-for': `${test.namespace} ${word}`,
    'workload.yaml': descriptor.replace(/ *schemaFile: .*\n?/, ''),
  };
  return commitFiles(test.source, {
    ...prefixed('service-go-greeter', { ...app, Dockerfile: `${from}\nCOPY . /srv/www\n` }),
    ...prefixed('service-go-reading-list', app),
    ...prefixed('webapp-react-nginx', app),
  });
};
await commitFiles(test.source, {
  ...prefixed('service-go-reading-list', await readApp('buildpacks-shell', '')),
  ...prefixed('webapp-react-nginx', await readApp('react-npm', npm.url)),
});
await change('first');

await kubectl(['apply', '--filename', '-'], platform);
const kind = 'componentworkflowruns.openchoreo.dev';
const manifests = [...runs.values()].join('---\n');
afterAll(async () => {
  await kubectl(['delete', '--filename', '-', '--ignore-not-found', '--timeout=60s'], manifests);
  await kubectl(['delete', kind, '--all', '--namespace', 'default', '--timeout=60s']);
  await kubectl(['delete', '--filename', '-'], platform);
});
await test.startWorker({
  SLIPWAY_CATALOG: 'kubernetes:default',
  SLIPWAY_FRONTEND_IMAGES: `node-20=${node},nginx=${nginx}`,
  SLIPWAY_NPM_REGISTRY: npm.url,
  SLIPWAY_LIFECYCLE_IMAGE: lifecycle,
});
await test.startController();

/** Waits until these runs are over, and says which phase each ended in, or why it failed. */
async function ends(which: readonly string[]): Promise<readonly string[]> {
  await kubectl([
    'wait',
    '--for=condition=WorkflowCompleted',
    ...which.map((name) => `${kind}/${name}`),
    '--timeout=240s',
  ]);
  const ofOne = async (name: string) =>
    kubectl(['get', kind, name, '--output', 'jsonpath={.status.phase}{.status.failure.message}']);
  return Promise.all(which.map(ofOne));
}
const succeeded = names.map(() => 'Succeeded');
/** The guide's command; without the last words kubectl shows ten lines of each container. */
const logsOf = (name: string) => {
  const which = ['-n', builds, '-l', `workflows.argoproj.io/workflow=${name}`, '--all-containers=true'];
  return kubectl(['logs', ...which, '--tail=-1']);
};
const openPullRequests = async () => {
  const token = await readFile(join(test.folder, 'secrets/gitops-token'), 'utf8');
  return (await pullRequests(test.world.repositories.gitops, token)).filter(({ state }) => state === 'open');
};

it('the guide’s three runs end their builds when they are deleted', { timeout: 300_000 }, async () => {
  await kubectl(['apply', '--filename', '-'], manifests);
  const pods = async () => (await kubectl(['get', 'pods', '-n', builds, '--output', 'name'])).trim().split('\n');
  await expect.poll(pods, { timeout: 120_000 }).toHaveLength(names.length);

  await kubectl(['delete', '--filename', '-', '--timeout=120s'], manifests);

  expect(await kubectl(['get', 'jobs,pods', '-n', builds, '--output', 'name'])).toBe('');
});

it('applied again, they become images and pull requests, which the guide’s commands show', {
  timeout: 300_000,
}, async () => {
  await kubectl(['apply', '--filename', '-'], manifests);
  expect(await ends(names)).toEqual(succeeded);

  const rows = (await kubectl(['get', 'componentworkflowrun', '--namespace', 'default'])).trim().split('\n');
  expect(rows).toHaveLength(1 + names.length);
  for (const row of rows.slice(1)) expect(row).toMatch(/-gitops +[0-9a-f]{40} +Succeeded +http\S+\/pull\S+ +\S+$/);
  const [greeter = '', react = '', readingList = ''] = await Promise.all(names.map(logsOf));
  expect(greeter).toContain('COPY . /srv/www');
  expect(react).toContain('Packages are installed with npm');
  expect(readingList).toContain('*** Digest: sha256:');
  expect(await openPullRequests()).toHaveLength(names.length);
});

it('a push becomes runs that appear as resources, and pull requests in place of the older ones', {
  timeout: 300_000,
}, async () => {
  const { forgeUrl, secretsFolder, settings } = test.world;
  const config = loadServerConfig({ ...settings, SLIPWAY_LISTEN: '127.0.0.1:0' });
  const server = await startServer(config, temporalSettings(settings), createLogger('error'));
  const secret = await readFile(join(secretsFolder, 'github-secret'), 'utf8');
  const earlier = (await openPullRequests()).map(({ number }) => number);
  const before = (await git(test.source, 'rev-parse', 'main')).trim();
  const after = await change('pushed');
  const webhook = {
    folder: join(test.folder, 'forge'),
    forgeUrl,
    address: `${server.url}/api/v1/webhooks/github`,
    secret,
  };

  await sendPush(webhook, { repository: 'acme/greeter', ref: 'refs/heads/main', before, after, pusher: 'ada' });

  const list = async () => {
    const shown = await kubectl([
      'get',
      kind,
      '--namespace',
      'default',
      '--output',
      'jsonpath={.items[*].metadata.name}',
    ]);
    return shown.split(' ').filter((name) => !names.includes(name));
  };
  await expect.poll(list, { timeout: 60_000 }).toHaveLength(names.length);
  expect(await ends(await list())).toEqual(succeeded);
  const open = (await openPullRequests()).map(({ number }) => number);
  expect(open).toHaveLength(names.length);
  expect(open.filter((number) => earlier.includes(number))).toEqual([]);
  await server.stop();
});
