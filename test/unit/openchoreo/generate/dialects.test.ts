import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../../src/openchoreo/yaml/read.ts';
import { digest, type Files, folder, release, shop, workloadByHand } from './shop.ts';

const image = `registry.example/web:1-11111111@${digest('b')}`;
const component = `${folder}/component.yaml`;
const type = 'namespaces/default/platform/service.yaml';
const workload = `${folder}/workload.yaml`;

const old: Files = {
  ...shop,
  [component]: (shop[component] ?? '').replace('{kind: ComponentType, name: deployment/service}', 'deployment/service'),
};
const oldWorkload = workloadByHand
  .replace('  container:\n', '  containers:\n    sidecar: {image: s:1}\n    main:\n')
  .replace(/ {4}image:[\s\S]*$/, (text) => text.replaceAll(/^ {4}/gm, '      '));
const later: Files = {
  ...shop,
  [type]: `${shop[type]}  parameters: {openAPIV3Schema: {type: object}}\n  allowedTraits: [{name: volume}]\n`,
};
const descriptor = (text: string) => ({
  descriptor: { path: 'workload.yaml', text, files: new Map<string, string>() },
});

const written = ({ files }: ReturnType<typeof release>, path: string): unknown =>
  parseYaml(files.get(path) ?? '', path)[0];
const releasedIn = (result: ReturnType<typeof release>) => written(result, result.release.path);

describe('generateRelease of a component of v0.15', () => {
  it('makes a Workload with the container main', () => {
    const result = release(old);
    expect(written(result, workload)).toMatchObject({ spec: { containers: { main: { image } } } });
    expect(releasedIn(result)).toMatchObject({ spec: { workload: { containers: { main: { image } } } } });
  });

  it('sets the image of main alone, and keeps the comments', () => {
    const result = release({ ...old, [workload]: oldWorkload });
    expect(result.files.get(workload)).toBe(oldWorkload.replace(/registry\S+/, image));
    expect(releasedIn(result)).toMatchObject({
      spec: { workload: { containers: { sidecar: { image: 's:1' }, main: { image } } } },
    });
    expect(result.before.image).toContain(digest('a'));
  });

  it('takes one text as visibility', () => {
    const text = 'endpoints: [{name: api, type: HTTP, port: 80, visibility: external}]';
    expect(written(release(old, descriptor(text)), workload)).toMatchObject({
      spec: { endpoints: { api: { visibility: 'external' } } },
    });
    expect(() => release(shop, descriptor(text))).toThrow('endpoints[0].visibility must be a list');
  });
});

describe('what is of another dialect than its Component', () => {
  it.each([
    [
      'visibility',
      { [workload]: workloadByHand.replace('spec:', 'spec:\n  endpoints: {a: {visibility: external}}') },
      'spec.endpoints.a.visibility must be a list in dialect v0.16',
    ],
    [
      'allowedTraits',
      { [type]: `${shop[type]}  allowedTraits: [volume]\n` },
      'spec.allowedTraits must be a list of {kind, name} in dialect v0.16',
    ],
    [
      'allowedWorkflows',
      { [type]: `${shop[type]}  schema: {}\n  allowedWorkflows: [{name: docker}]\n` },
      'spec.allowedWorkflows must be a list of names in dialect v0.16',
    ],
  ])('is refused: %s', (_, files, message) => {
    expect(() => release({ ...shop, ...files })).toThrow(message);
  });
});

describe('generateRelease of a component of v1.2', () => {
  it('takes whole snapshots', () => {
    expect(releasedIn(release(later))).toMatchObject({
      spec: {
        componentType: {
          kind: 'ComponentType',
          name: 'deployment/service',
          spec: { allowedTraits: [{ kind: 'Trait', name: 'volume' }], workloadType: 'deployment' },
        },
        traits: [
          { kind: 'Trait', name: 'volume', spec: { creates: [{ template: { kind: 'PersistentVolumeClaim' } }] } },
        ],
        componentProfile: { traits: [{ kind: 'Trait', name: 'volume', instanceName: 'data' }] },
        workload: { container: { image } },
      },
    });
  });

  it('takes dependencies of a descriptor', () => {
    const text = 'dependencies: {endpoints: [{component: orders, name: api, visibility: project}]}';
    expect(written(release(later, descriptor(text)), workload)).toMatchObject({
      spec: {
        dependencies: { endpoints: [{ component: 'orders', name: 'api', visibility: 'project', envBindings: {} }] },
      },
    });
  });

  it.each([
    ['dependencies: {endpoints: [{name: api}]}', 'dependencies.endpoints[0].component is required'],
    ['endpoints: [{name: a, visibility: [moon]}]', '"moon" must be project, namespace, internal or external'],
  ])('refuses %s', (text, message) => {
    expect(() => release(later, descriptor(text))).toThrow(message);
  });

  it('refuses a trait that the type does not allow', () => {
    const files = { ...later, [type]: (later[type] ?? '').replace('{name: volume}', '{name: other}') };
    expect(() => release(files)).toThrow('traits [Trait:volume] are not in the allowed list [Trait:other]');
  });

  it('writes large integers exactly', () => {
    const text = `${shop[component]}  parameters: {big: 9007199254740993}\n`;
    const result = release({ ...later, [component]: text });
    expect(result.files.get(result.release.path)).toContain('big: 9007199254740993');
  });
});
