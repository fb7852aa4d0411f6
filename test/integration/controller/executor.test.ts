import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWorkflow } from '../../../src/controller/argo-workflow.ts';
import { getObject } from '../../../src/kubernetes/get-object.ts';
import { kubeCall } from '../../../src/kubernetes/kube-call.ts';
import { executeWorkflows } from '../../../src/run-executor.ts';
import { argoWorkflow } from '../../support/argo-workflow.ts';
import { type ControllerWorld, startControllerWorld } from '../../support/controller-world.ts';
import { putObject, removeObject } from '../../support/put-object.ts';

let world: ControllerWorld;
const namespace = 'openchoreo-ci-default';
const patience = { timeout: 30_000 };
const never = new AbortController().signal;

beforeAll(async () => {
  world = await startControllerWorld();
  await world.takeDefinition();
  await define('workflows.argoproj.io');
  await world.startWorkers();
  world.control(executeWorkflows, { SLIPWAY_SECRET_WAIT: '5s' });
  world.control(executeWorkflows, { SLIPWAY_SECRET_WAIT: '5s' });
});
afterAll(() => world?.stop());

async function define(name: string): Promise<void> {
  const call = kubeCall('definitions', 'create', 'customresourcedefinitions');
  await world.kube.send({ ...call, method: 'POST', body: { metadata: { name } } }, never);
}
const apply = (name: string, given: Readonly<Record<string, string>> = {}, change: object = {}) => {
  const { spec, ...workflow } = argoWorkflow({ 'component-name': name, ...given }, name);
  return putObject(world.kube, 'argo', 'workflows', { ...workflow, spec: { ...spec, ...change } });
};
const get = async (name: string) => {
  const found = await getObject(world.kube, kubeCall('argo', 'get', 'workflows', namespace, name), never);
  return found && readWorkflow(found);
};
const phase = async (name: string) => (await get(name))?.status.phase;
const message = async (name: string) => (await get(name))?.status.message ?? '';

describe('two executors', () => {
  it('make one run of a Workflow, and write its status as Argo does', async () => {
    await apply('released', { 'build-ms': '1500' });
    await expect.poll(() => phase('released'), patience).toBe('Running');
    await expect.poll(() => phase('released'), patience).toBe('Succeeded');
    await expect.poll(async () => (await get('released'))?.finalizers, patience).toEqual([]);
    const { status } = (await get('released')) ?? {};
    expect(status).toMatchObject({
      message: 'http://127.0.0.1/pull',
      startedAt: expect.any(String),
      finishedAt: expect.any(String),
    });
    const pods = Object.values(status?.nodes ?? {}).filter(({ type }) => type === 'Pod');
    const names = pods.map(({ name }) => name);
    const index = (name: string) => Number(/\[(\d+)\]/.exec(name)?.[1]);
    expect(names).toContain(`released[${pods.findIndex((one) => one.templateName === 'clone-source')}].clone-source`);
    expect(names.map(index)).toEqual(names.map((_, at) => at));
    expect(new Set(pods.map((one) => one.phase))).toEqual(new Set(['Succeeded']));
    const outputs = Object.fromEntries(
      pods.flatMap((one) => (one.outputs ? [[one.templateName, one.outputs.parameters]] : [])),
    );
    expect(outputs).toEqual({
      'clone-source': [{ name: 'git-revision', value: 'released' }],
      'publish-image': [{ name: 'image', value: 'image@sha256:released' }],
    });
    expect(world.builds('released')).toBe(1);
  });

  it('cancel the run of a Workflow that is deleted, and then let it go', async () => {
    await apply('deleted', { 'build-ms': '60000' });
    await expect.poll(() => world.builds('deleted'), patience).toBe(1);
    await removeObject(world.kube, 'argo', 'workflows', { namespace, name: 'deleted' });
    await expect.poll(() => get('deleted'), patience).toBeUndefined();
    const handle = world.client.workflow.getHandle('run/default/deleted');
    expect((await handle.describe()).status.name).toBe('CANCELLED');
  });

  it('cancel the run of a Workflow that is to stop, and never begin one that was stopped before', async () => {
    await apply('stopped', { 'build-ms': '60000' });
    await expect.poll(() => world.builds('stopped'), patience).toBe(1);
    await apply('stopped', {}, { shutdown: 'Terminate' });
    await expect.poll(() => phase('stopped'), patience).toBe('Failed');
    expect(await message('stopped')).toBe("Stopped with strategy 'Terminate'");
    await apply('never', {}, { shutdown: 'Stop' });
    await expect.poll(() => phase('never'), patience).toBe('Error');
    expect(world.builds('never')).toBe(0);
  });

  it('wait for Secrets, and say for which', async () => {
    await apply('waits', { 'gitops-git-secret': 'waits-gitops' });
    await expect
      .poll(() => message('waits'), patience)
      .toContain('waits for the Secret openchoreo-ci-default/waits-gitops');
    await putObject(world.kube, 'core', 'secrets', { metadata: { namespace, name: 'waits-gitops' } });
    await expect.poll(() => phase('waits'), patience).toBe('Succeeded');
    await apply('lacks', { 'gitops-git-secret': 'lacks-gitops' });
    await expect.poll(() => phase('lacks'), patience).toBe('Error');
    expect(await message('lacks')).toMatch(/^SecretMissing: .*lacks-gitops/);
    await apply('public', { 'source-git-secret': 'public-source' });
    await expect.poll(() => phase('public'), patience).toBe('Succeeded');
  });

  it('say what is wrong with arguments, and leave Workflows of others alone', async () => {
    await apply('odd', { 'project-name': '' });
    await apply('other', {}, { workflowTemplateRef: { name: 'not-ours' } });
    await expect.poll(() => phase('odd'), patience).toBe('Error');
    expect(await message('odd')).toContain('spec.arguments.parameters["project-name"]');
    expect((await get('other'))?.finalizers).toEqual([]);
  });

  it('go on with a Workflow that OpenChoreo writes anew, without building it again', async () => {
    await apply('anew', { 'build-ms': '6000' });
    await expect.poll(() => world.builds('anew'), patience).toBe(1);
    const call = kubeCall('argo', 'patch', 'workflows', namespace, 'anew');
    const body = { metadata: { finalizers: [], annotations: null, labels: null }, status: null };
    await world.kube.send({ ...call, method: 'PATCH', body }, never);
    await expect.poll(() => phase('anew'), patience).toBe('Succeeded');
    expect(world.builds('anew')).toBe(1);
  });
});

describe('an executor', () => {
  it('ends at once beside an Argo controller of the same instance, or the other mode', async () => {
    const spec = { template: { spec: { containers: [{ image: 'quay.io/argoproj/workflow-controller:v3' }] } } };
    const argo = { metadata: { namespace: 'argo', name: 'workflow-controller' } };
    await putObject(world.kube, 'apps', 'deployments', { ...argo, spec });
    await expect(world.control(executeWorkflows).done).rejects.toMatchObject({
      type: 'NotAllowed',
      message: expect.stringContaining('argo/workflow-controller'),
    });
    const map = {
      metadata: { namespace: 'argo', name: 'workflow-controller-configmap' },
      data: { config: 'instanceID: theirs\n' },
    };
    await putObject(world.kube, 'core', 'configmaps', map);
    await expect(world.control(executeWorkflows, { SLIPWAY_INSTANCE_ID: 'theirs' }).done).rejects.toMatchObject({
      type: 'NotAllowed',
    });
    const beside = world.control(executeWorkflows);
    await expect(
      Promise.race([beside.done, new Promise((resolve) => setTimeout(resolve, 1500, 'runs'))]),
    ).resolves.toBe('runs');
    await world.installDefinition({ 'app.kubernetes.io/managed-by': 'slipway' });
    await expect(world.control(executeWorkflows).done).rejects.toMatchObject({
      type: 'NotAllowed',
      message: expect.stringContaining('--mode standalone'),
    });
  });
});
