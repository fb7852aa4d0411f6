import { generateRelease, type ReleaseRequest } from '../../../../src/openchoreo/generate/release.ts';
import { entriesForRelease } from '../../../../src/openchoreo/repository/entries-for-release.ts';
import { openRepository } from '../../../../src/openchoreo/repository/repository.ts';
import { createScan } from '../../../../src/openchoreo/repository/scan.ts';

export type Files = Readonly<Record<string, string>>;

export const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
export const folder = 'namespaces/default/projects/shop/components/web';

const head = (kind: string, name: string) =>
  `apiVersion: openchoreo.dev/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: default\n`;

/** A GitOps repository with the component `web` of the project `shop`, never released. */
export const shop: Files = {
  'namespaces/default/platform/service.yaml': `${head('ComponentType', 'service')}spec:\n  workloadType: deployment\n  resources:\n  - id: deployment\n    template: {kind: Deployment}\n`,
  'namespaces/default/platform/volume.yaml': `${head('Trait', 'volume')}spec:\n  creates:\n  - template: {kind: PersistentVolumeClaim}\n`,
  'namespaces/default/platform/standard.yaml': `${head('DeploymentPipeline', 'standard')}spec:
  promotionPaths:
  - sourceEnvironmentRef: development
    targetEnvironmentRefs: [{name: production}]
`,
  'namespaces/default/projects/shop/project.yaml': `${head('Project', 'shop')}spec:\n  deploymentPipelineRef: standard\n`,
  [`${folder}/component.yaml`]: `${head('Component', 'web')}spec:
  owner:
    projectName: shop
  componentType: {kind: ComponentType, name: deployment/service}
  traits:
  - {name: volume, instanceName: data}
`,
};

/** Workload of `web` as a person keeps it. */
export const workloadByHand = `# by hand
${head('Workload', 'web-main')}  labels: {tier: front} # seen
spec:
  owner: {projectName: shop, componentName: web}
  container:
    image: registry.example/web:1-aaaaaaaa@${digest('a')} # the image
    env:
    - {key: REGION, value: eu}
`;

/** Generates a release of `web` at commit 1111… with the image of digest b. */
export function release(files: Files, request: Partial<ReleaseRequest> = {}) {
  const scan = createScan();
  for (const [path, text] of Object.entries(files)) scan.add(path, text);
  const owner = { namespace: 'default', project: 'shop', component: 'web' };
  const whole: ReleaseRequest = {
    ...owner,
    environment: null,
    pipeline: null,
    image: `registry.example/web:1-11111111@${digest('b')}`,
    commit: '1'.repeat(40),
    repository: 'https://example.com/source',
    run: 'default/web-001',
    descriptor: null,
    ...request,
  };
  const texts = new Map(entriesForRelease(scan, whole).map(({ path }) => [path, files[path] ?? '']));
  return generateRelease(openRepository(scan, texts), whole);
}

/** The repository after a release was merged. */
export function merged(files: Files, result: ReturnType<typeof release>): Files {
  return { ...files, ...Object.fromEntries(result.files) };
}
