import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { forwardPort } from '../../src/embedded/forward-port.ts';
import { sampleRun } from '../../src/embedded/samples/run.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import { prepareInstallation, publishSlipway } from '../support/cluster/installation.ts';
import { installKinds } from '../support/cluster/openchoreo.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { commitFiles } from '../support/commit-files.ts';
import { git, pullRequests } from '../support/gitops.ts';
import { buildsIn, workflowFile } from '../support/start-cluster-world.ts';
import { makeCurrent } from '../support/worker-versions.ts';
import { startTestWorld } from '../support/world.ts';

const cluster = useCluster();
const { kubectl, registryInCluster } = cluster;
const { image, said } = await publishSlipway(cluster);
/** Whose token Slipway releases with; it has one at a time. */
const slipway = { login: 'slipway', token: 'of-the-first-day' };
const test = await startTestWorld({ buildHost: cluster.bridgeAddress, forge: { users: [slipway] } });
/** An address of the world as pods have it. */
const forPods = (text: string) => text.replaceAll('127.0.0.1', cluster.bridgeAddress);
const { world } = test;
const leadToTemporal = () => forwardPort(cluster.bridgeAddress, Number(world.temporal.address.split(':')[1]));
let temporal = await leadToTemporal();
const forge = new URL(forPods(world.forgeUrl));
const gitops = join(world.repositoriesFolder, 'acme/gitops.git');
const componentFile = 'namespaces/default/projects/demo/components/greeter/component.yaml';
await commitFiles(gitops, {
  [workflowFile]: await buildsIn('slipway-builds', forge.origin, registryInCluster),
  // So that a newer run waits for an older one.
  [componentFile]: (await git(gitops, 'show', `main:${componentFile}`)).replace(
    'name: greeter\n',
    'name: greeter\n  annotations:\n    slipway.dev/concurrency: queue\n',
  ),
});
const secret = (key: string) => readFile(join(world.secretsFolder, key), 'utf8');
const secrets = async (...keys: readonly string[]) =>
  Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await secret(key)] as const)));
const installation = await prepareInstallation(
  cluster,
  image,
  {
    TEMPORAL_ADDRESS: forPods(world.temporal.address),
    SLIPWAY_CATALOG: `gitops:${forPods(world.repositories.gitops)}#main`,
    SLIPWAY_FORGES: `${forge.host}=github`,
    SLIPWAY_CREDENTIAL_HOSTS: forge.host,
    SLIPWAY_HTTP_HOSTS: forge.host,
    SLIPWAY_REGISTRY_HTTP_HOSTS: `${registryInCluster},${forPods(world.registry)}`,
    SLIPWAY_REGISTRY_MIRRORS: `${world.registry}=${forPods(world.registry)}`,
    SLIPWAY_BUILDER_IMAGE: inject('builderImage'),
    SLIPWAY_CONTROLLER_NAMESPACES: 'default',
    SLIPWAY_SWEEP_INTERVAL: 'off',
  },
  {
    'slipway-secrets': { ...(await secrets('git-token', 'status-token')), 'gitops-token': slipway.token },
    'git-webhook-secrets': await secrets('github-secret'),
  },
);
await installKinds(cluster);
/** The controller makes resources of all runs, so these names are nobody else's. */
const named = (name: string) => `${name}-${Date.now()}`;
const names = {
  applied: named('applied'),
  before: named('before'),
  after: named('after'),
  disturbed: named('disturbed'),
};
const kind = ['componentworkflowrun', '--namespace', 'default'];
afterAll(async () => {
  await kubectl(['delete', ...kind, ...Object.values(names), '--ignore-not-found', '--timeout=60s']);
  await installation.remove();
  await temporal.stop();
  await test.stop();
});

const runOf = (name: string, commit: string) => sampleRun(name, commit, forPods(world.repositories.source));
const inSystem = (...args: readonly string[]) => kubectl(['--namespace', 'slipway-system', ...args]);
const Versioned = z.object({ deploymentVersion: z.object({ buildId: z.string() }) });

async function start(name: string, commit: string) {
  const run = runOf(name, commit);
  return (await startRun(test.client, { namespace: 'default', name, run, trigger: 'manual' })).handle;
}

/** Commits one step more of the sample's build. */
async function commitStep(step: string): Promise<string> {
  const dockerfile = await readFile('src/embedded/samples/greeter/Dockerfile', 'utf8');
  const text = dockerfile.replace('registry.slipway.invalid', world.registry).replace('EXPOSE', `${step}\nEXPOSE`);
  return commitFiles(join(world.repositoriesFolder, 'acme/greeter.git'), { Dockerfile: text });
}

async function versionOf(run: Awaited<ReturnType<typeof start>>): Promise<string> {
  const { raw } = await run.describe();
  return Versioned.parse(raw.workflowExecutionInfo?.versioningInfo).deploymentVersion.buildId;
}

it('is ready after one command, and an applied run becomes a pull request', async () => {
  process.stdout.write(`Slipway's image: ${said}`);
  expect(Number(/([\d.]+) MiB/.exec(said)?.[1])).toBeLessThan(135);
  await installation.apply('v1');
  await makeCurrent(test.client, 'v1');

  await kubectl(['apply', '--filename', '-'], runOf(names.applied, await world.commitChange('installed')));
  const run = [...kind, names.applied];
  await kubectl(['wait', ...run, '--for=condition=WorkflowSucceeded', '--timeout=120s']);

  const [pullRequest] = await pullRequests(world.repositories.gitops, await secret('gitops-token'));
  const branch = await kubectl(['get', ...run, '--output', 'jsonpath={.status.branch}']);
  expect(pullRequest).toMatchObject({ state: 'open', head: { ref: branch } });
  const inWorker = (...command: readonly string[]) =>
    inSystem('exec', 'deployment/slipway-worker-v1', '--', ...command);
  expect(await inWorker('slipway', 'doctor')).toContain('ok    cluster');
  expect(await inWorker('ls', '/opt/slipway/node_modules/@temporalio/core-bridge/releases')).toMatch(
    /^\S+-linux-gnu\n$/,
  );
  const restarts = '{.items[*].status.containerStatuses[*].restartCount}';
  expect(await inSystem('get', 'pods', '--output', `jsonpath=${restarts}`)).toBe('0 0 0');
});

it('lets the runs that are under way end on the old workers when it is upgraded', async () => {
  const first = await start(names.before, await commitStep('RUN sleep 20'));
  await test.reach(first, 'buildImage');

  await installation.apply('v2');
  await makeCurrent(test.client, 'v2');
  expect((await first.describe()).status.name).toBe('RUNNING');
  const second = await start(names.after, await commitStep('RUN echo upgraded'));

  expect(await first.result()).toMatchObject({ outcome: 'released' });
  expect(await second.result()).toMatchObject({ outcome: 'released' });
  expect(await Promise.all([first, second].map(versionOf))).toEqual(['v1', 'v2']);
});

it('goes on while API server and worker are replaced, a token is changed and revoked, and Temporal is away', async () => {
  const run = await start(names.disturbed, await commitStep('RUN sleep 25'));
  await test.reach(run, 'buildImage');

  slipway.token = 'of-the-second-day';
  const patch = JSON.stringify({ stringData: { 'gitops-token': slipway.token } });
  await inSystem('patch', 'secret', 'slipway-secrets', '--patch', patch);
  await cluster.faults?.restartApiServer();
  await inSystem('delete', 'pod', '--selector', 'app.kubernetes.io/component=worker,slipway.dev/version=v2');
  await temporal.stop();
  await sleep(3000);
  temporal = await leadToTemporal();

  expect(await run.result()).toMatchObject({ outcome: 'released' });
  expect(await versionOf(run)).toBe('v2');
});
