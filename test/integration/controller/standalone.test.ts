import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { retryRun, runWorkflowId, startRun } from '../../../src/client.ts';
import { findOwner } from '../../../src/temporal/find-owner.ts';
import { type ControllerWorld, runObject, startControllerWorld } from '../../support/controller-world.ts';

let world: ControllerWorld;

beforeAll(async () => {
  world = await startControllerWorld();
  await world.startWorkers();
  world.control();
  world.control();
});
afterAll(() => world?.stop());

const patience = { timeout: 40_000 };
const phase = (name: string) => world.phase(name);
const builds = (name: string) => world.builds(name);
const conditions = async (name: string) =>
  Object.fromEntries(
    ((await world.get(name))?.status.conditions ?? []).map(({ type, status, reason }) => [type, `${status} ${reason}`]),
  );

describe('two controllers', () => {
  it('make one run of a resource, and show in its status what happened', async () => {
    const uid = await world.apply('released', { buildMs: 1500 });
    await expect.poll(() => phase('released'), patience).toBe('Running');
    expect(await conditions('released')).toEqual({
      WorkflowRunning: 'True WorkflowRunning',
      WorkflowCompleted: 'False WorkflowRunning',
    });
    await expect.poll(() => phase('released'), patience).toBe('Succeeded');
    const resource = await world.get('released');
    expect(resource?.status).toMatchObject({
      outcome: 'released',
      commit: 'released',
      release: 'released-r',
      binding: 'b',
      branch: 'release/released',
      imageStatus: { image: 'image@sha256:released' },
      pullRequest: { url: 'http://127.0.0.1/pull' },
      workflow: { id: 'run/default/released' },
      startedAt: expect.any(String),
      completedAt: expect.any(String),
    });
    expect(resource?.status.tasks?.map(({ name }) => name)).toContain('createPullRequest');
    expect(new Set(resource?.status.tasks?.map((task) => task.phase))).toEqual(new Set(['Succeeded']));
    expect(await conditions('released')).toEqual({
      WorkflowRunning: 'False WorkflowRunning',
      WorkflowSucceeded: 'True WorkflowSucceeded',
      WorkflowFailed: 'False WorkflowSucceeded',
      WorkflowCompleted: 'True WorkflowSucceeded',
    });
    await expect.poll(async () => (await world.get('released'))?.metadata.finalizers, patience).toEqual([]);
    expect(builds('released')).toBe(1);
    expect(await findOwner(world.client, runWorkflowId('default', 'released'))).toMatchObject({ uid });
  });

  it('make one run of each of many', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `many-${at}`);
    await Promise.all(names.map((name) => world.apply(name)));
    await expect.poll(() => Promise.all(names.map(phase))).toEqual(names.map(() => 'Succeeded'));
    expect(names.map(builds)).toEqual(names.map(() => 1));
  });

  it('cancel the run of a deleted resource, which goes when the run is over', async () => {
    await world.apply('deleted', { buildMs: 30_000 });
    await expect.poll(() => builds('deleted'), patience).toBe(1);
    await world.remove('deleted');
    expect(await world.get('deleted')).toBeDefined();
    await expect.poll(() => world.get('deleted'), patience).toBeUndefined();
    const handle = world.client.workflow.getHandle(runWorkflowId('default', 'deleted'));
    expect((await handle.describe()).status.name).toBe('CANCELLED');
  });

  it('run a resource anew that was deleted and applied again', async () => {
    const first = await world.apply('again');
    await expect.poll(() => phase('again'), patience).toBe('Succeeded');
    await world.remove('again');
    await expect.poll(() => world.get('again'), patience).toBeUndefined();
    expect(await world.apply('again')).not.toBe(first);
    await expect.poll(() => phase('again'), patience).toBe('Succeeded');
    expect(builds('again')).toBe(2);
  });

  it('wait visibly while something else runs under that name', async () => {
    const run = runObject('taken', { component: 'taken', buildMs: 4000 });
    await startRun(world.client, {
      namespace: 'default',
      name: 'taken',
      run,
      trigger: 'manual',
      memo: { uid: 'another', cluster: 'another' },
    });
    await world.apply('taken');
    await expect.poll(() => phase('taken'), patience).toBe('Pending');
    expect((await world.get('taken'))?.status.conditions?.[0]?.message).toContain('another run of this name');
    await expect.poll(() => phase('taken'), patience).toBe('Succeeded');
    expect(builds('taken')).toBe(2);
  });

  it('remove a resource when its time is over, and no other', async () => {
    await world.apply('short', {}, { ttlAfterCompletion: '1s' });
    await world.apply('long', {}, { ttlAfterCompletion: '1d' });
    await expect.poll(() => builds('short'), patience).toBe(1);
    await expect.poll(() => world.get('short'), patience).toBeUndefined();
    await expect.poll(() => phase('long'), patience).toBe('Succeeded');
  });

  it('show a run that something else started, and cancel it when that resource is deleted', async () => {
    const run = runObject('pushed', { component: 'pushed', buildMs: 30_000 });
    const { handle } = await startRun(world.client, { namespace: 'default', name: 'pushed', run, trigger: 'webhook' });
    await expect.poll(() => phase('pushed'), patience).toBe('Running');
    await world.remove('pushed');
    await expect.poll(() => world.get('pushed'), patience).toBeUndefined();
    expect((await handle.describe()).status.name).toBe('CANCELLED');
  });

  it('follow a run that is retried', async () => {
    await world.apply('retried', { buildMs: 7000 });
    await expect.poll(() => builds('retried'), patience).toBe(1);
    const run = world.client.workflow.getHandle(runWorkflowId('default', 'retried'));
    await run.terminate('by an operator');
    await expect.poll(() => phase('retried'), patience).toBe('Failed');
    expect((await world.get('retried'))?.status).toMatchObject({
      outcome: 'terminated',
      failure: { type: 'Terminated', message: expect.stringContaining('by an operator') },
    });
    await retryRun(world.client, run.workflowId);
    await expect.poll(() => phase('retried'), patience).toBe('Running');
    await expect.poll(() => phase('retried'), patience).toBe('Succeeded');
    expect((await world.get('retried'))?.status).toMatchObject({ outcome: 'released' });
    expect((await world.get('retried'))?.status.failure).toBeUndefined();
  });

  it('cancel a run whose resource went without them', async () => {
    const memo = { uid: 'gone', cluster: await clusterOf('released') };
    const run = runObject('orphan', { component: 'orphan', buildMs: 30_000 });
    const { handle } = await startRun(world.client, {
      namespace: 'default',
      name: 'orphan',
      run,
      trigger: 'controller',
      memo,
    });
    await expect.poll(async () => (await handle.describe()).status.name, patience).toBe('CANCELLED');
    expect(await world.get('orphan')).toBeUndefined();
  });
});

async function clusterOf(name: string): Promise<unknown> {
  const { memo } = await world.client.workflow.getHandle(runWorkflowId('default', name)).describe();
  return memo?.['cluster'];
}
