import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { connect } from '../../src/client.ts';
import { loadControllerConfig } from '../../src/controller-config.ts';
import { getObject } from '../../src/kubernetes/get-object.ts';
import { kubeCall } from '../../src/kubernetes/kube-call.ts';
import { type KubeConnection, loadKubeConfig, openKubeConnection } from '../../src/kubernetes/kube-connection.ts';
import { createLogger } from '../../src/logger.ts';
import { ComponentWorkflowRunStatus } from '../../src/openchoreo/kinds/component-workflow-run-status.ts';
import { controlRuns } from '../../src/run-controller.ts';
import { temporalSettings } from '../../src/temporal/connect.ts';
import { type FakeObjects, startFakeObjects } from './fake-objects.ts';
import { type FakeRun, fakeSteps, type Journal } from './fake-steps.ts';
import { putObject } from './put-object.ts';
import { startTemporal, type TestTemporal } from './temporal.ts';
import { startWorkers, type TestWorkers } from './workers.ts';

const Resource = z.object({
  metadata: z.object({
    uid: z.string(),
    finalizers: z.array(z.string()).default([]),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  status: ComponentWorkflowRunStatus.default({}),
});
type Resource = z.infer<typeof Resource>;

/** A controller between a fake API server and a real Temporal, where steps only take time. */
export interface ControllerWorld {
  readonly fake: FakeObjects;
  readonly temporal: TestTemporal;
  readonly client: Client;
  readonly journal: Journal;
  /** Starts a controller. `done` throws what it failed of; `end` ends it. */
  control(
    work?: typeof controlRuns,
    settings?: Readonly<Record<string, string>>,
  ): { readonly done: Promise<void>; end(): Promise<void> };
  /** The API server. */
  readonly kube: KubeConnection;
  /** Applies a run as kubectl does. */
  apply(name: string, run?: Partial<FakeRun>, spec?: object): Promise<string>;
  get(name: string): Promise<Resource | undefined>;
  phase(name: string): Promise<string | undefined>;
  /** How often it was built. */
  builds(name: string): number;
  remove(name: string): Promise<void>;
  /** Empties a status, as somebody else could. */
  takeStatus(name: string): Promise<void>;
  takeDefinition(): Promise<void>;
  installDefinition(labels: Readonly<Record<string, string>>): Promise<void>;
  startWorkers(): Promise<TestWorkers>;
  stop(): Promise<void>;
}

/** The input of a run for the fake steps, as a ComponentWorkflowRun. */
export function runObject(name: string, run: Partial<FakeRun> = {}, spec: object = {}) {
  const workflow = { name: 'fake', parameters: run };
  return {
    apiVersion: 'openchoreo.dev/v1alpha1',
    kind: 'ComponentWorkflowRun',
    metadata: { name, namespace: 'default' },
    spec: { owner: { projectName: 'shop', componentName: name }, workflow, ...spec },
  };
}

const Input = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ workflow: z.object({ parameters: z.record(z.string(), z.unknown()) }) }),
});

/** The fake steps' words stand among the arguments of a Workflow. */
const ArgoInput = z
  .object({
    kind: z.literal('Workflow'),
    metadata: z.object({ name: z.string() }),
    spec: z.object({ arguments: z.object({ parameters: z.array(z.object({ name: z.string(), value: z.string() })) }) }),
  })
  .transform(({ metadata, spec }) => {
    const given = new Map(spec.arguments.parameters.map(({ name, value }) => [name, value]));
    return { name: metadata.name, component: given.get('component-name'), buildMs: Number(given.get('build-ms') ?? 1) };
  });

/** Starts the world without a worker and without a controller. */
export async function startControllerWorld(): Promise<ControllerWorld> {
  const [fake, temporal] = await Promise.all([startFakeObjects(), startTemporal()]);
  const kube = openKubeConnection(loadKubeConfig(fake.kubeconfig));
  const { client, connection } = await connect({ TEMPORAL_ADDRESS: temporal.address });
  const journal: Journal = [];
  const never = new AbortController().signal;
  await installDefinition(kube, { 'app.kubernetes.io/managed-by': 'slipway' });
  const started: (() => Promise<unknown>)[] = [];
  const steps = fakeSteps(journal);
  const at = (verb: 'get' | 'delete', name: string) =>
    kubeCall('openchoreo', verb, 'componentworkflowruns', 'default', name);
  const get = async (name: string): Promise<Resource | undefined> => {
    const found = await getObject(kube, at('get', name), never);
    return found && Resource.parse(found);
  };
  return {
    fake,
    temporal,
    client,
    journal,
    kube,
    control(work = controlRuns, more = {}) {
      const lifetime = new AbortController();
      const config = loadControllerConfig({ SLIPWAY_KUBECONFIG: fake.kubeconfig, SLIPWAY_LOG_LEVEL: 'error', ...more });
      const settings = temporalSettings({ TEMPORAL_ADDRESS: temporal.address });
      const done = work(config, settings, createLogger('error'), lifetime.signal);
      done.catch(() => undefined);
      const end = () => {
        lifetime.abort();
        return done;
      };
      started.push(() => end().catch(() => undefined));
      return { done, end };
    },
    async apply(name, run = {}, spec = {}) {
      return (
        await putObject(kube, 'openchoreo', 'componentworkflowruns', runObject(name, { component: name, ...run }, spec))
      ).metadata.uid;
    },
    get,
    phase: async (name) => (await get(name))?.status.phase,
    builds: (name) => journal.filter((line) => line === `build ${name}`).length,
    async remove(name) {
      await kube.send({ ...at('delete', name), method: 'DELETE', body: {} }, never);
    },
    async takeStatus(name) {
      const call = kubeCall('openchoreo', 'patch', 'componentworkflowruns/status', 'default', name);
      await kube.send({ ...call, method: 'PATCH', body: { status: null } }, never);
    },
    async takeDefinition() {
      const call = kubeCall('definitions', 'delete', 'customresourcedefinitions', undefined, definitionName);
      await kube.send({ ...call, method: 'DELETE', body: {} }, never);
    },
    installDefinition: (labels) => installDefinition(kube, labels),
    async startWorkers() {
      const workers = await startWorkers(temporal.address, {
        ...steps,
        resolveRun: (input) => {
          const workflow = ArgoInput.safeParse(input.run).data;
          if (workflow !== undefined) return steps.resolveRun({ run: workflow });
          const { metadata, spec } = Input.parse(input.run);
          return steps.resolveRun({ run: { name: metadata.name, ...spec.workflow.parameters } });
        },
      });
      started.push(() => workers.stop());
      return workers;
    },
    async stop() {
      for (const end of started) await end();
      await connection.close();
      await Promise.all([fake.stop(), temporal.stop()]);
    },
  };
}

const definitionName = 'componentworkflowruns.openchoreo.dev';

async function installDefinition({ send }: KubeConnection, labels: Readonly<Record<string, string>>): Promise<void> {
  const call = kubeCall('definitions', 'create', 'customresourcedefinitions');
  const body = { metadata: { name: definitionName, labels } };
  await send({ ...call, method: 'POST', body }, new AbortController().signal);
}
