import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateRelease } from '../../src/openchoreo/generate/release.ts';
import { entriesForRelease } from '../../src/openchoreo/repository/entries-for-release.ts';
import { openRepository } from '../../src/openchoreo/repository/repository.ts';
import { createScan } from '../../src/openchoreo/repository/scan.ts';

/** Where the generated resources lead. */
export interface Addresses {
  readonly forge: string;
  readonly registry: string;
}

const samples = join(import.meta.dirname, '../../src/embedded/samples/gitops');
const namespace = 'default';
const project = 'demo';
/** Long and rare enough to be replaced everywhere by a component's name. */
const placeholder = 'component-to-be-named';
const environments = ['development', 'staging', 'production'] as const;

/** Name of a generated component. */
export function componentName(index: number): string {
  return `component-${String(index).padStart(4, '0')}`;
}

/** Whose release is measured. */
export function ownerOf(component: string) {
  return { namespace, project, component };
}

/**
 * A GitOps repository of so many components, each with a Workload and, for three environments, releases and bindings: eight files a
 * component, beside the sample's platform. The same arguments give the same files.
 */
export function* gitopsFiles(
  components: number,
  addresses: Addresses,
): Generator<readonly [path: string, text: string]> {
  const platform = platformFiles(addresses);
  yield* platform;
  const template = componentFiles(platform);
  for (let index = 0; index < components; index += 1) {
    const name = componentName(index);
    for (const [path, text] of template) {
      yield [path.replaceAll(placeholder, name), text.replaceAll(placeholder, name)];
    }
  }
}

function platformFiles({ forge, registry }: Addresses): ReadonlyMap<string, string> {
  const names = readdirSync(samples, { recursive: true, encoding: 'utf8' });
  return new Map(
    names
      .filter((name) => name.endsWith('.yaml') && !name.includes('/components/'))
      .map((name) => {
        const text = readFileSync(join(samples, name), 'utf8')
          .replaceAll('https://forge.slipway.invalid', forge)
          .replaceAll('registry.slipway.invalid', registry);
        return [name, name.includes('/component-workflows/') ? withExtras(text) : text] as const;
      }),
  );
}

/** A label and a reviewer, so that a run makes every call that it may make. */
function withExtras(componentWorkflow: string): string {
  return `${componentWorkflow.trimEnd()}
          - name: slipway-labels
            value: release
          - name: slipway-reviewers
            value: grace
`;
}

/** The files of one component, by releasing it once to each environment. */
function componentFiles(platform: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const own = new Map([
    [`namespaces/${namespace}/projects/${project}/components/${placeholder}/component.yaml`, componentYaml(platform)],
  ]);
  for (const [index, environment] of environments.entries()) {
    const files = new Map([...platform, ...own]);
    const scan = createScan();
    for (const [path, text] of files) scan.add(path, text);
    const needed = entriesForRelease(scan, ownerOf(placeholder)).map(
      ({ path }) => [path, files.get(path) ?? ''] as const,
    );
    const commit = `${index + 1}`.repeat(40);
    const release = generateRelease(openRepository(scan, new Map(needed)), {
      ...ownerOf(placeholder),
      environment,
      pipeline: null,
      image: imageOf(commit),
      commit,
      repository: 'https://github.com/acme/app',
      run: `${namespace}/${placeholder}-${index}`,
      descriptor: null,
    });
    for (const [path, text] of release.files) own.set(path, text);
  }
  return own;
}

/** An image of a commit that nobody built. */
export function imageOf(commit: string): string {
  return `registry.example/${placeholder}:v1-${commit.slice(0, 8)}@sha256:${commit.slice(0, 32).repeat(2)}`;
}

function componentYaml(platform: ReadonlyMap<string, string>): string {
  const [workflow = ''] = [...platform.keys()].filter((path) => path.includes('/component-workflows/'));
  return `apiVersion: openchoreo.dev/v1alpha1
kind: Component
metadata:
  name: ${placeholder}
  namespace: ${namespace}
spec:
  owner:
    projectName: ${project}
  autoBuild: true
  componentType:
    kind: ComponentType
    name: deployment/service
  parameters:
    exposed: true
  traits:
    - name: scratch-volume
      kind: Trait
      instanceName: tmp
      parameters:
        mountPath: /tmp
  workflow:
    name: ${workflow.slice(workflow.lastIndexOf('/') + 1, -'.yaml'.length)}
`;
}
