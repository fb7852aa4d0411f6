import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/openchoreo/yaml/read.ts';
import { git, pullRequests, releaseBranches } from '../support/gitops.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

let test: TestWorld;
let gitops: string;
let token: string;
const component = 'namespaces/default/projects/demo/components/greeter';

beforeAll(async () => {
  test = await startTestWorld();
  gitops = join(test.folder, 'forge/repositories/acme/gitops.git');
  token = await readFile(join(test.folder, 'secrets/gitops-token'), 'utf8');
  await test.startWorker();
});
afterAll(() => test?.stop());

describe('a pushed commit', () => {
  it('becomes an image, a branch with the three resources, a pull request and a commit status', async () => {
    const commit = await test.world.commitChange('first change');
    const result = await (await test.start('first', commit)).result();

    expect(result).toMatchObject({ outcome: 'released', commit, environment: 'development' });
    expect(result.warnings).toEqual([
      expect.stringContaining('a release of dialect v0.16 does not hold spec.endpoints'),
    ]);
    const image = result.image ?? '';
    expect(image).toMatch(new RegExp(`:v1-${commit.slice(0, 8)}@sha256:[0-9a-f]{64}$`));
    const show = async (path: string) => parseYaml(await git(gitops, 'show', `${result.branch}:${path}`), path)[0];
    expect(await show(`${component}/workload.yaml`)).toMatchObject({
      kind: 'Workload',
      spec: { container: { image } },
    });
    expect(await show(`${component}/releases/${result.release}.yaml`)).toMatchObject({
      kind: 'ComponentRelease',
      metadata: { annotations: { 'slipway.dev/source-commit': commit, 'slipway.dev/run': 'default/first' } },
      spec: { workload: { container: { image } } },
    });
    expect(await show(`${component}/release-bindings/greeter-development.yaml`)).toMatchObject({
      kind: 'ReleaseBinding',
      spec: { environment: 'development', releaseName: result.release },
    });
    const [pullRequest, ...others] = await pullRequests(test.world.repositories.gitops, token);
    expect(others).toEqual([]);
    expect(pullRequest).toMatchObject({
      number: result.pullRequest?.number,
      state: 'open',
      head: { ref: result.branch },
    });
    const statuses = await fetch(`${test.world.forgeUrl}/api/v3/repos/acme/greeter/commits/${commit}/statuses`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await statuses.json()).toMatchObject([
      { state: 'success', context: 'slipway/greeter', target_url: result.pullRequest?.url },
      { state: 'pending', context: 'slipway/greeter' },
    ]);
  });

  it('released again, adopts the open pull request and builds nothing', async () => {
    const commit = await git(join(gitops, '../greeter.git'), 'rev-parse', 'main');
    const before = await releaseBranches(gitops);
    const builds = await readdir(join(test.folder, 'builds'));
    const again = await test.start('again', commit);
    expect(await again.result()).toMatchObject({ outcome: 'unchanged', pullRequest: { number: 1 } });
    expect(await releaseBranches(gitops)).toEqual(before);
    expect(await readdir(join(test.folder, 'builds'))).toEqual(builds);
    expect(await pullRequests(test.world.repositories.gitops, token)).toHaveLength(1);
  });

  it('gives a pull request that closes the older one and its branch', async () => {
    const commit = await test.world.commitChange('second change');
    const result = await (await test.start('second', commit)).result();

    expect(result).toMatchObject({ outcome: 'released', pullRequest: { number: 2 } });
    const all = await pullRequests(test.world.repositories.gitops, token);
    expect(all.map(({ number, state }) => [number, state])).toEqual([
      [2, 'open'],
      [1, 'closed'],
    ]);
    expect(await releaseBranches(gitops)).toEqual([result.branch]);
  });

  it('that is merged already, is unchanged', async () => {
    const merged = await fetch(`${test.world.forgeUrl}/api/v3/repos/acme/gitops/pulls/2/merge`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(merged.status).toBe(200);
    const commit = await git(join(gitops, '../greeter.git'), 'rev-parse', 'main');
    const result = await (await test.start('third', commit)).result();
    expect(result).toMatchObject({ outcome: 'unchanged', pullRequest: null });
    expect(await pullRequests(test.world.repositories.gitops, token)).toHaveLength(2);
  });
});

describe('a run that cannot go on', () => {
  it('started as {} says every field that is missing', async () => {
    const handle = await test.client.workflow.start('buildAndRelease', {
      workflowId: 'run/default/empty',
      taskQueue: 'slipway',
      args: [{}],
    });
    await expect(handle.result()).rejects.toMatchObject({
      cause: {
        cause: { type: 'InvalidRun', message: expect.stringMatching(/apiVersion: .*kind: .*spec: is required/s) },
      },
    });
  });

  it('is cancelled before its push: nothing stays', async () => {
    const commit = await test.world.commitChange('to be cancelled');
    const before = await releaseBranches(gitops);
    const run = await test.start('cancelled', commit);
    await test.reach(run, 'buildImage');
    await run.cancel();
    await expect(run.result()).rejects.toThrow('Workflow execution cancelled');
    expect(await releaseBranches(gitops)).toEqual(before);
    const queue = test.client.workflow.getHandle('queue/default/demo/greeter');
    await expect.poll(async () => (await queue.query<{ holder: unknown }>('queueState')).holder).toBeNull();
  });
});
