import { describe, expect, it } from 'vitest';
import { insideRepository, releaseConfig } from '../../../../src/openchoreo/generate/release-config.ts';
import { openRepository } from '../../../../src/openchoreo/repository/repository.ts';
import { createScan } from '../../../../src/openchoreo/repository/scan.ts';
import { digest, folder, merged, release, shop } from './shop.ts';

const head = 'apiVersion: openchoreo.dev/v1alpha1\nkind: ReleaseConfig\n';
const path = 'release-config.yaml';

function directories(text: string) {
  const scan = createScan();
  scan.add(path, text);
  return releaseConfig(openRepository(scan, new Map([[path, text]])));
}

describe('releaseConfig', () => {
  it('knows the folder of a component, of a project, of all', () => {
    const { releases, bindings } = directories(
      `${head}componentReleaseDefaults: {defaultOutputDir: all, projects: {p: {defaultOutputDir: one, components: {c: own}}, q: {components: {c: ""}}}}`,
    );
    expect([releases('p', 'c'), releases('p', 'd'), releases('q', 'c'), releases('constructor', 'c')]).toEqual([
      'own',
      'one',
      'all',
      'all',
    ]);
    expect(bindings('p', 'c')).toBe('');
  });

  it.each(['kind: ReleaseConfig', `${head}x: [`, head.replace('ReleaseConfig', 'Other')])('refuses %j', (text) => {
    expect(() => directories(text)).toThrow(path);
  });
});

describe('insideRepository', () => {
  it('cleans a path', () => {
    expect(insideRepository('./a/../b')).toBe('b');
  });

  it.each(['/a', '..', 'a/../../b', '.hidden', 'a/build'])('refuses %s', (directory) => {
    expect(() => insideRepository(directory)).toThrow(`${path}: a run cannot write to the folder "${directory}"`);
  });
});

describe('a run', () => {
  const config = `${head}componentReleaseDefaults: {projects: {shop: {components: {web: ./own/releases}}}}\nreleaseBindingDefaults: {defaultOutputDir: bindings}\n`;

  it('writes where release-config.yaml says, also beside older releases', () => {
    const first = merged(shop, release(shop));
    const next = { commit: '2'.repeat(40), image: `registry.example/web:2@${digest('c')}`, environment: 'production' };
    const result = release({ ...first, [path]: config }, next);
    expect([...result.files.keys()]).toEqual([
      `${folder}/workload.yaml`,
      'own/releases/web-22222222.yaml',
      'bindings/web-production.yaml',
    ]);
    expect(result.warnings).toEqual([]);
  });

  it('refuses one that leads out of the repository', () => {
    expect(() => release({ ...shop, [path]: config.replace('./own', '../..') })).toThrow('"../../releases"');
  });
});
