import { z } from 'zod';
import { Failure } from '../failures.ts';
import { getObject } from '../kubernetes/get-object.ts';
import { kubeCall } from '../kubernetes/kube-call.ts';
import type { KubeConnection } from '../kubernetes/kube-connection.ts';
import { listObjects } from '../kubernetes/list-objects.ts';

const workflows = 'workflows.argoproj.io';
const runs = 'componentworkflowruns.openchoreo.dev';

const Deployment = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  spec: z.object({
    replicas: z.number().default(1),
    template: z.object({
      spec: z.object({
        containers: z.array(
          z.object({
            image: z.string().default(''),
            command: z.array(z.string()).default([]),
            args: z.array(z.string()).default([]),
          }),
        ),
      }),
    }),
  }),
});

/**
 * Checks that nobody else executes the Workflows of our instance, and gives what names the cluster. Throws `ManifestInvalid` where
 * the kind is not installed; `NotAllowed` where an Argo controller takes the same Workflows, or `--mode standalone` is at home.
 */
export async function checkNeighbours(
  connection: KubeConnection,
  instanceId: string | null,
  signal: AbortSignal,
): Promise<string> {
  const definition = (name: string) =>
    getObject(connection, kubeCall('definitions', 'get', 'customresourcedefinitions', undefined, name), signal);
  const found = await definition(workflows);
  if (found === undefined) {
    const text = `The cluster has no CustomResourceDefinition ${workflows}, so OpenChoreo can make no Workflows: install those of Argo Workflows.`;
    throw new Failure('ManifestInvalid', text);
  }
  const labels = z
    .record(z.string(), z.string())
    .catch({})
    .parse((await definition(runs))?.metadata['labels']);
  if (labels['app.kubernetes.io/managed-by'] === 'slipway') {
    const text = `The CustomResourceDefinition ${runs} is the one of deploy/crds, for slipway controller --mode standalone: both modes in one cluster would build twice. Put OpenChoreo's in its place, or use --mode standalone.`;
    throw new Failure('NotAllowed', text);
  }
  for (const { name, id } of await argoControllers(connection, signal)) {
    if (id !== instanceId) continue;
    const text =
      instanceId === null
        ? `The Argo controller ${name} executes Workflows without an instance id too, and would build everything a second time. Give it an instanceID in its ConfigMap, or stop it (replicas: 0), or set SLIPWAY_INSTANCE_ID and give the run templates the label workflows.argoproj.io/controller-instanceid.`
        : `The Argo controller ${name} has the instance id "${instanceId}" of SLIPWAY_INSTANCE_ID, and would build everything a second time. Give one of them another.`;
    throw new Failure('NotAllowed', text);
  }
  return found.metadata.uid;
}

/** The Argo controllers that may run, with their instance ids. */
async function argoControllers(connection: KubeConnection, signal: AbortSignal) {
  const call = { ...kubeCall('apps', 'list', 'deployments'), method: 'GET' } as const;
  const { items } = await listObjects(connection, call, Deployment, signal);
  const controllers = items.flatMap(({ metadata, spec }) => {
    const container = spec.template.spec.containers.find((one) =>
      [one.image, ...one.command].some((text) => text.includes('workflow-controller')),
    );
    return container && spec.replicas > 0 ? [{ ...metadata, words: [...container.command, ...container.args] }] : [];
  });
  return Promise.all(
    controllers.map(async ({ name, namespace, words }) => ({
      name: `${namespace}/${name}`,
      id: await instanceIdOf(connection, namespace, configMapOf(words), signal),
    })),
  );
}

function configMapOf(words: readonly string[]): string {
  const [, inline] = words.map((word) => /^--configmap=(.+)$/.exec(word)).find((match) => match !== null) ?? [];
  const at = words.indexOf('--configmap');
  return inline ?? (at >= 0 ? words[at + 1] : undefined) ?? 'workflow-controller-configmap';
}

async function instanceIdOf(
  connection: KubeConnection,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<string | null> {
  const found = await getObject(connection, kubeCall('core', 'get', 'configmaps', namespace, name), signal);
  const data = z.record(z.string(), z.string()).catch({}).parse(found?.['data']);
  const [, id] = /^instanceID:[ \t]*["']?([^"'\s#]+)/m.exec(data['config'] ?? '') ?? [];
  return data['instanceID'] ?? id ?? null;
}
