import fc from 'fast-check';
import type { Dialect } from '../../src/openchoreo/generate/dialect.ts';
import { writeYaml } from '../../src/openchoreo/yaml/write.ts';
import { asciiJson, json } from './properties.ts';

/** A component of a generated repository. */
export interface SomeComponent {
  readonly namespace: string;
  readonly project: string;
  readonly component: string;
  readonly dialect: Dialect;
}

/** A valid GitOps repository: texts by path, and the components that can be released. */
export interface SomeRepository {
  readonly files: Readonly<Record<string, string>>;
  readonly components: readonly SomeComponent[];
}

const namespace = 'default';
const apiVersion = 'openchoreo.dev/v1alpha1';

/** Names that Kubernetes takes, most of which YAML takes for something else. */
const name = fc.oneof(
  fc.constantFrom(
    'y',
    'no',
    'on',
    'null',
    'true',
    '123',
    '0755',
    '1e3',
    '0x1f',
    '0b11',
    '1.5',
    'a.b',
    'web',
    'web-1',
    'x-y-z',
    'constructor',
  ),
  fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?$/),
);
const dialect = fc.constantFrom<Dialect[]>('v0.15', 'v0.16', 'v1.2');

const head = (kind: string, resource: string) => ({ apiVersion, kind, metadata: { name: resource, namespace } });
const environments = ['development', 'on', '2'] as const;
const pipeline = (resource: string) => ({
  ...head('DeploymentPipeline', resource),
  spec: {
    promotionPaths: environments.slice(1).map((target, index) => ({
      sourceEnvironmentRef: environments[index],
      targetEnvironmentRefs: [{ name: target }],
    })),
  },
});

const reference: Readonly<Record<Dialect, (type: string) => unknown>> = {
  'v0.15': (type) => `deployment/${type}`,
  'v0.16': (type) => ({ kind: 'ComponentType', name: `deployment/${type}` }),
  'v1.2': (type) => ({ kind: 'ComponentType', name: `deployment/${type}` }),
};

function typeOf(resource: string, of: Dialect, traits: readonly string[], template: unknown) {
  const resources = [{ id: 'main', template: { kind: 'Deployment', template } }];
  const schema =
    of === 'v1.2' ? { parameters: { openAPIV3Schema: { type: 'object' } } } : { schema: { parameters: {} } };
  const allowedTraits = of === 'v0.15' ? traits : traits.map((trait) => ({ kind: 'Trait', name: trait }));
  return {
    ...head('ComponentType', resource),
    spec: { workloadType: 'deployment', allowedTraits, resources, ...schema },
  };
}

const trait = (resource: string, template: unknown) => ({
  ...head('Trait', resource),
  spec: { creates: [{ template: { kind: 'ConfigMap', template } }] },
});

const workloadOf = ({ component, project, dialect: of }: SomeComponent, env: readonly string[]) => {
  const container = { image: 'r.example/x:0', env: env.map((value, index) => ({ key: `E${index}`, value })) };
  return {
    ...head('Workload', `${component}-main`),
    spec: {
      owner: { projectName: project, componentName: component },
      ...(of === 'v0.15' ? { containers: { main: container } } : { container }),
    },
  };
};

const project = fc.record({
  name,
  dialect,
  components: fc.uniqueArray(
    fc.record({
      name,
      traits: fc.subarray(['logs', 'off']),
      parameters: json.mapping,
      workload: fc.option(fc.array(fc.constantFrom('a', 'no', '08', 'x\ny', ' '), { maxLength: 3 })),
    }),
    { selector: (one) => one.name, minLength: 1, maxLength: 3 },
  ),
});

/** The resources of some repository, each a value, and its components. */
const resources = fc
  .record({
    projects: fc.uniqueArray(project, { selector: (one) => one.name, minLength: 1, maxLength: 2 }),
    template: json.mapping,
  })
  .map(({ projects, template }) => {
    const used = new Set<string>();
    const components: SomeComponent[] = [];
    const values: object[] = [pipeline('standard')];
    for (const kind of ['logs', 'off']) values.push(trait(kind, template));
    for (const of of new Set(projects.map((one) => one.dialect)))
      values.push(typeOf(`service-${of}`, of, ['logs', 'off'], template));
    for (const { name: owner, dialect: of, components: own } of projects) {
      const deploymentPipelineRef = of === 'v1.2' ? { kind: 'DeploymentPipeline', name: 'standard' } : 'standard';
      values.push({ ...head('Project', owner), spec: { deploymentPipelineRef } });
      // A namespace holds a component's name once.
      for (const { name: component, traits, parameters, workload } of own.filter((one) => !used.has(one.name))) {
        used.add(component);
        const some = { namespace, project: owner, component, dialect: of };
        components.push(some);
        const attached = traits.map((one) => ({ kind: 'Trait', name: one, instanceName: one }));
        values.push({
          ...head('Component', component),
          spec: {
            owner: { projectName: owner },
            componentType: reference[of](`service-${of}`),
            parameters,
            traits: attached,
          },
        });
        if (workload) values.push(workloadOf(some, workload));
      }
    }
    return { values, components };
  });

/** How a person or tool may write a resource. */
const style = fc.constantFrom<((value: object) => string)[]>(
  writeYaml,
  (value) => `# about this\n${writeYaml(value)}# the end\n`,
  asciiJson,
  (value) => writeYaml(value).replace(/^kind: (.*)$/m, 'kind: "$1" # what it is'),
  (value) =>
    writeYaml(value).replace(
      /^metadata:\n {2}name: (.*)\n {2}namespace: (.*)$/m,
      'metadata: {name: $1, namespace: $2} # one line',
    ),
);

const folder = fc.constantFrom(
  '',
  'namespaces/default/',
  'a b/',
  "it's/",
  'ü/',
  'deep/er/and/deeper/',
  '-x/',
  '$HOME/',
  'build.d/',
);
const file = fc.constantFrom(
  'all.yaml',
  'B.YML',
  '.hidden.yaml',
  'a b.yaml',
  '-dash.yml',
  'x.y.yaml',
  'ü.yaml',
  '%41.yaml',
  '#1.yaml',
  'component.yaml',
);
const place = fc.tuple(folder, file).map((parts) => parts.join(''));
const separator = fc.constantFrom('---\n', '--- # next\n', '---   \n');

const head2 = fc.constantFrom('', '---\n', '\ufeff', '# first\n');

/** What stands in repositories and is none of our business. */
const strange: Readonly<Record<string, string>> = {
  'README.md': '# GitOps\n',
  'kustomization.yaml': 'resources: [all.yaml]\n',
  'chart/templates/x.yaml': '{{- if .Values.x }}\nkind: Deployment\n{{- end }}\n',
  'broken.yaml': 'a: [\n---\nb: 1\n',
  '.git/config.yaml': 'apiVersion: openchoreo.dev/v1alpha1\nkind: Workload\n',
  'service.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\n',
};

/** Valid GitOps repositories of all dialects, in places and styles of all kinds. */
export const repository: fc.Arbitrary<SomeRepository> = resources.chain(({ values, components }) =>
  fc
    .record({
      placed: fc.tuple(...values.map(() => fc.tuple(place, style, separator))),
      starts: fc.array(head2, { minLength: 1, maxLength: 5 }),
    })
    .map(({ placed, starts }) => {
      const files = new Map<string, string>();
      for (const [index, [path, write, between]] of placed.entries()) {
        const before = files.get(path);
        const text = write(values[index] ?? {});
        const start = starts[files.size % starts.length] ?? '';
        // A mark of JSON at the start would make the whole file JSON.
        files.set(
          path,
          before === undefined ? `${text.startsWith('{') ? '# first\n' : start}${text}` : `${before}${between}${text}`,
        );
      }
      return { files: { ...strange, ...Object.fromEntries(files) }, components };
    }),
);

/** A repository and one of its components. */
export const releasable = fc
  .tuple(repository, fc.nat())
  .map(([some, pick]) => [some, some.components[pick % some.components.length]] as const)
  .filter((pair): pair is readonly [SomeRepository, SomeComponent] => pair[1] !== undefined);
