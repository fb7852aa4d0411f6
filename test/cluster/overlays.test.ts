import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { useCluster } from '../support/cluster/use-cluster.ts';

const { kubectl } = useCluster();

const Probe = z.object({ httpGet: z.object({ path: z.enum(['/healthz', '/readyz']) }) });
/** Every container is to be so: what is missing is told by its path. */
const Container = z.object({
  image: z.string(),
  env: z.array(z.object({ name: z.string() })),
  envFrom: z.tuple([
    z.object({ configMapRef: z.object({ name: z.string().startsWith('slipway-settings-') }) }),
    z.object({ secretRef: z.object({ name: z.literal('slipway-temporal'), optional: z.literal(true) }) }),
  ]),
  livenessProbe: Probe,
  readinessProbe: Probe,
  startupProbe: Probe,
  resources: z.object({
    requests: z.object({ cpu: z.string(), memory: z.string() }),
    limits: z.object({ memory: z.string() }),
  }),
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
});
const Deployment = z.object({
  kind: z.literal('Deployment'),
  spec: z.object({
    replicas: z.int(),
    template: z.object({
      spec: z.object({
        automountServiceAccountToken: z.boolean(),
        serviceAccountName: z.string(),
        securityContext: z.object({
          runAsNonRoot: z.literal(true),
          runAsUser: z.literal(1000),
          seccompProfile: z.object({ type: z.literal('RuntimeDefault') }),
        }),
        containers: z.tuple([Container]),
      }),
    }),
  }),
});
const Resource = z.looseObject({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
  data: z.unknown().optional(),
});

const built = async (folder: string) =>
  parseAllDocuments(await kubectl(['kustomize', folder])).map((document) => Resource.parse(document.toJS()));
const dev = await built('deploy/overlays/dev');
const production = await built('deploy/overlays/production');

const names = (resources: typeof dev, kind: string) =>
  resources.filter((resource) => resource.kind === kind).map(({ metadata }) => metadata.name);
const known = globSync('src/*config.ts')
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

describe.each([
  ['dev', dev, 1],
  ['production', production, 2],
])('the overlay %s', (_name, resources, replicas) => {
  const deployments = resources
    .filter(({ kind }) => kind === 'Deployment')
    .map((resource) => Deployment.parse(resource).spec);

  it('has the three roles, each restricted, probed and limited', () => {
    expect(names(resources, 'Deployment').toSorted()).toEqual([
      'slipway-controller',
      'slipway-ingress',
      'slipway-worker',
    ]);
    expect(deployments.map((spec) => spec.replicas)).toEqual([replicas, replicas, replicas]);
    const images = deployments.map(({ template }) => template.spec.containers[0].image);
    expect(new Set(images).size).toBe(1);
  });

  it('gives each role an account of its own, and none that faces the internet a token', () => {
    const accounts = deployments.map(({ template: { spec } }) => [
      spec.serviceAccountName,
      spec.automountServiceAccountToken,
    ]);
    expect(Object.fromEntries(accounts)).toEqual({
      'slipway-controller': true,
      'slipway-ingress': false,
      'slipway-worker': true,
    });
  });

  it('names only settings that there are', () => {
    const settings = resources
      .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('slipway-settings'))
      .flatMap(({ data }) => Object.keys(z.record(z.string(), z.string()).parse(data)));
    const variables = deployments.flatMap(({ template }) => template.spec.containers[0].env.map(({ name }) => name));
    const ours = [...settings, ...variables].filter((name) => name.startsWith('SLIPWAY_'));
    expect(ours.length).toBeGreaterThan(10);
    expect(ours.filter((name) => !known.includes(`${name}:`))).toEqual([]);
  });

  it('leaves nothing to the namespace of who applies it', () => {
    const wide = /^(Namespace|ClusterRole|ClusterRoleBinding|CustomResourceDefinition)$/;
    const places = resources.filter(({ kind }) => !wide.test(kind)).map(({ metadata }) => metadata.namespace);
    expect([...new Set(places)].toSorted()).toEqual(['slipway-builds', 'slipway-system']);
  });

  it('holds no secret', () => {
    expect(names(resources, 'Secret')).toEqual([]);
  });

  it('keeps a part of each role while a node is drained', () => {
    expect(names(resources, 'PodDisruptionBudget').length).toBe(3);
  });
});

it('leaves External Secrets and the Prometheus operator to production', () => {
  const operators = ['ExternalSecret', 'ServiceMonitor', 'PrometheusRule'];
  expect(operators.flatMap((kind) => names(dev, kind))).toEqual([]);
  expect(names(production, 'ExternalSecret')).toEqual(['git-webhook-secrets', 'slipway-secrets']);
  expect(names(production, 'ServiceMonitor')).toEqual(['slipway']);
});

it('executes Workflows in production, and runs of its own kind in dev', () => {
  expect(names(dev, 'CustomResourceDefinition')).toEqual(['componentworkflowruns.openchoreo.dev']);
  expect(names(production, 'CustomResourceDefinition')).toEqual([]);
});
