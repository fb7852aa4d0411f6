import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../../src/openchoreo/yaml/read.ts';
import { digest, type Files, folder, merged, release, shop, workloadByHand } from './shop.ts';

const workload = `${folder}/workload.yaml`;
const binding = `${folder}/release-bindings/web-development.yaml`;
const withWorkload: Files = { ...shop, [workload]: workloadByHand };
const descriptor = (text: string, files: Files = {}) => ({
  path: 'app/workload.yaml',
  text,
  files: new Map(Object.entries(files)),
});
const changed = (text: string | undefined) => parseYaml(text ?? '', 'x');

describe('generateRelease', () => {
  it('makes Workload, release and binding of a new component', () => {
    const result = release(shop, { descriptor: descriptor('endpoints: [{name: http, type: HTTP, port: 80}]') });
    expect([...result.files.keys()]).toEqual([workload, `${folder}/releases/web-11111111.yaml`, binding]);
    expect(changed(result.files.get(workload))).toEqual([
      {
        apiVersion: 'openchoreo.dev/v1alpha1',
        kind: 'Workload',
        metadata: { name: 'web-workload', namespace: 'default' },
        spec: {
          owner: { projectName: 'shop', componentName: 'web' },
          container: { image: `registry.example/web:1-11111111@${digest('b')}` },
          endpoints: { http: { type: 'HTTP', port: 80 } },
        },
      },
    ]);
    expect(changed(result.files.get(result.release.path))).toMatchObject([
      {
        metadata: {
          name: 'web-11111111',
          annotations: {
            'slipway.dev/source-commit': '1'.repeat(40),
            'slipway.dev/source-repository': 'https://example.com/source',
            'slipway.dev/run': 'default/web-001',
          },
        },
        spec: { componentProfile: { traits: [{ name: 'volume', instanceName: 'data' }] }, traits: { volume: {} } },
      },
    ]);
    expect(changed(result.files.get(binding))).toMatchObject([
      { spec: { environment: 'development', releaseName: 'web-11111111' } },
    ]);
    expect(result).toMatchObject({
      pipeline: 'standard',
      before: { image: null, release: null },
      removed: [],
      warnings: [`${workload}: line 9: Workload web-workload: a release of dialect v0.16 does not hold spec.endpoints`],
    });
  });

  it('changes nothing when everything is there already', () => {
    const first = release(withWorkload);
    const second = release(merged(withWorkload, first), { run: 'default/web-002', commit: '2'.repeat(40) });
    expect(second.files.size).toBe(0);
    expect(second.release).toEqual({
      name: 'web-11111111',
      path: `${folder}/releases/web-11111111.yaml`,
      reused: true,
    });
    expect(second.before).toEqual({ image: `registry.example/web:1-11111111@${digest('b')}`, release: 'web-11111111' });
  });

  it('keeps comments, labels and the name of a Workload when only the image changes', () => {
    const { files } = release(withWorkload);
    expect(files.get(workload)).toBe(workloadByHand.replace(/1-aaaaaaaa@\S+/, `1-11111111@${digest('b')}`));
  });

  it('keeps the text of an image with the same repository and digest', () => {
    const result = release(withWorkload, { image: `registry.example/web:other@${digest('a')}` });
    expect(result.files.has(workload)).toBe(false);
    expect(result.files.get(result.release.path)).toContain('registry.example/web:1-aaaaaaaa@');
  });

  it('does not take the same digest in another repository for the same image', () => {
    expect(release(withWorkload, { image: `elsewhere.example/web:1@${digest('a')}` }).files.has(workload)).toBe(true);
  });

  it('lists what a descriptor takes out of a Workload', () => {
    const { removed, files } = release(withWorkload, { descriptor: descriptor('{}') });
    expect(removed).toEqual(['name web-main (now web-workload)', 'label tier', 'environment variable REGION']);
    expect(changed(files.get(workload))).not.toMatchObject([{ spec: { container: { env: expect.anything() } } }]);
  });

  it('keeps comments and order of what a descriptor leaves as it is', () => {
    const text = workloadByHand.replace('    env:', '    # where it runs\n    env:');
    const { files, warnings } = release(
      { ...shop, [workload]: text },
      { descriptor: descriptor('configurations: {env: [{name: REGION, value: eu}, {name: LEVEL, value: high}]}') },
    );
    expect(files.get(workload)).toBe(
      text
        .replace('web-main', 'web-workload')
        .replace('  labels: {tier: front} # seen\n', '')
        .replace(/1-aaaaaaaa@\S+/, `1-11111111@${digest('b')}`)
        .replace('{key: REGION, value: eu}\n', '{key: REGION, value: eu}\n    - key: LEVEL\n      value: high\n'),
    );
    expect(warnings).toEqual([]);
  });

  it('says where the comments of a Workload cannot be kept', () => {
    const text = workloadByHand.replace('container:', 'container: &c').concat('  connections: {a: *c}\n');
    const { warnings } = release({ ...shop, [workload]: text });
    expect(warnings).toEqual([
      `${workload}: line 2: the document is written anew, without its comments and in the usual order`,
      expect.stringContaining('does not hold spec.connections'),
    ]);
  });

  it('puts files that the descriptor names into the Workload', () => {
    const text = 'endpoints: [{name: a, type: REST, port: 80, schemaFile: api.yaml}]';
    const { files } = release(shop, { descriptor: descriptor(text, { 'app/api.yaml': 'openapi: 3.0.0\n' }) });
    expect(changed(files.get(workload))).toMatchObject([
      { spec: { endpoints: { a: { schema: { type: 'REST', content: 'openapi: 3.0.0\n' } } } } },
    ]);
  });

  it('binds an older release with an equal spec again when the source goes back', () => {
    const first = merged(withWorkload, release(withWorkload));
    const second = merged(
      first,
      release(first, { commit: '2'.repeat(40), image: `registry.example/web:2@${digest('c')}` }),
    );
    const third = release(second, { commit: '3'.repeat(40) });
    expect(third.release).toMatchObject({ name: 'web-11111111', reused: true });
    expect([...third.files.keys()]).toEqual([workload, binding]);
    expect(third.before.release).toBe('web-22222222');
  });

  it('stays with the bound one of several releases with an equal spec', () => {
    const first = release(withWorkload);
    const files = merged(withWorkload, first);
    const copy = (files[first.release.path] ?? '').replaceAll('web-11111111', 'web-22222222');
    const twice = { ...files, [`${folder}/releases/web-22222222.yaml`]: copy };
    const second = release(twice, { commit: '2'.repeat(40) });
    expect(second.release.name).toBe('web-11111111');
    expect(second.files.size).toBe(0);
  });

  it('adds a part of the spec to the name when the commit has a release with another spec', () => {
    const first = merged(withWorkload, release(withWorkload));
    const second = release(first, { image: `registry.example/web:2@${digest('c')}` });
    expect(second.release.name).toMatch(/^web-11111111-[0-9a-f]{6}$/);
    const broken = merged(first, second);
    const path = second.release.path;
    const tampered = { ...broken, [path]: (broken[path] ?? '').replace('deployment', 'job') };
    expect(() => release(tampered, { image: `registry.example/web:2@${digest('c')}` })).toThrow(
      expect.objectContaining({ type: 'ReleaseConflict', message: expect.stringContaining(path) }),
    );
  });

  it('writes beside the releases and bindings that are there', () => {
    const first = merged(withWorkload, release(withWorkload));
    const moved = Object.fromEntries(
      Object.entries(first).map(([path, text]) => [
        path.replace('/releases/', '/old/').replace('/release-bindings/', '/envs/'),
        text,
      ]),
    );
    const result = release(moved, {
      commit: '2'.repeat(40),
      image: `registry.example/web:2@${digest('c')}`,
      environment: 'production',
    });
    expect(result.release.path).toBe(`${folder}/old/web-22222222.yaml`);
    expect(result.binding).toEqual({
      name: 'web-production',
      path: `${folder}/envs/web-production.yaml`,
      environment: 'production',
    });
  });

  it('edits the right document and keeps the others where all are in one file', () => {
    const first = merged(withWorkload, release(withWorkload));
    const all = [binding, workload, `${folder}/component.yaml`].map((path) => first[path] ?? '').join('--- # next\n');
    const rest = Object.fromEntries(
      Object.entries(first).filter(([path]) => ![binding, workload, `${folder}/component.yaml`].includes(path)),
    );
    const path = `${folder}/all.yaml`;
    const result = release(
      { ...rest, [path]: all },
      { commit: '2'.repeat(40), image: `registry.example/web:2@${digest('c')}` },
    );
    expect([...result.files.keys()].sort()).toEqual([path, `${folder}/releases/web-22222222.yaml`]);
    const expected = all
      .replace('releaseName: web-11111111', 'releaseName: web-22222222')
      .replace(/1-11111111@\S+/, `2@${digest('c')}`);
    expect(result.files.get(path)).toBe(expected);
  });

  it('names the files that decided, once each', () => {
    expect(release(withWorkload).readPaths).toEqual([...Object.keys(withWorkload), 'release-config.yaml'].sort());
  });

  it('warns of duplicates and uses the last path', () => {
    const result = release({ ...withWorkload, [`${folder}/z.yaml`]: workloadByHand });
    expect(result.workload.path).toBe(`${folder}/z.yaml`);
    expect(result.warnings).toEqual([
      `${workload}: line 2: Workload web-main does not count: Workload web-main of ${folder}/z.yaml, line 2, is used`,
    ]);
  });

  it('warns of what is wrong with the files of its component, and of no others', () => {
    const nameless = 'apiVersion: openchoreo.dev/v1alpha1\nkind: Trait\n';
    const elsewhere = `${nameless}metadata: {name: 1}\nspec: {owner: {componentName: other}}\n`;
    const result = release({ ...withWorkload, 'a.yaml': elsewhere, [`${folder}/b.yaml`]: nameless });
    expect(result.warnings).toEqual([`${folder}/b.yaml: line 1: metadata.name is missing: the document is left out`]);
  });

  it('warns of releases and bindings that are there twice', () => {
    const first = release(withWorkload);
    const files = merged(withWorkload, first);
    const copies = { 'z/r.yaml': files[first.release.path] ?? '', 'z/b.yaml': files[binding] ?? '' };
    expect(release({ ...files, ...copies }).warnings).toEqual([
      `${binding}: line 1: ReleaseBinding web-development does not count: ReleaseBinding web-development of z/b.yaml, line 1, is used`,
      `${first.release.path}: line 1: ComponentRelease web-11111111 does not count: ComponentRelease web-11111111 of z/r.yaml, line 1, is used`,
    ]);
  });

  it('ends a long list of warnings with the number of the others', () => {
    const many = 'apiVersion: openchoreo.dev/v1alpha1\nkind: Trait\n---\n'.repeat(42);
    expect(release({ ...withWorkload, [`${folder}/b.yaml`]: many }).warnings).toEqual([
      ...Array(30).fill(expect.stringContaining('metadata.name is missing')),
      'and 12 more warnings',
    ]);
  });

  it('warns of an old release that cannot be read', () => {
    const old = `${folder}/releases/web-0.yaml`;
    const text = `apiVersion: openchoreo.dev/v1alpha1\nkind: ComponentRelease\nmetadata:\n  name: web-0\n  namespace: default\nspec:\n  owner:\n    projectName: shop\n    componentName: web\n  x: [${digest('b')}\n`;
    expect(release({ ...withWorkload, [old]: text }).warnings).toEqual([expect.stringContaining(old)]);
  });
});
