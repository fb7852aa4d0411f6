import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder as at, shop, workloadByHand } from '../openchoreo/generate/shop.ts';
import { stage, web, workload } from './occ-stage.ts';

describe('the commands of the file mode', () => {
  it('release a component with a new image, step by step', async () => {
    using tree = stage();
    await tree.call('wc', ...web, '--image', 'r/web:2');
    await tree.call('cr', ...web, '--name', 'web-1', '--output-path', `${at}/releases`);
    const bound = await tree.call('rb', ...web, '--component-release', 'web-1');
    expect(bound.out).toContain(`Created: ${tree.root}/${at}/release-bindings/web-development.yaml`);
    expect(tree.read(`${at}/releases/web-1.yaml`)).toContain('image: r/web:2');
    expect(tree.read(`${at}/release-bindings/web-development.yaml`)).toContain('releaseName: web-1');
  });

  it('keep comments of a Workload that loses nothing else', async () => {
    using tree = stage();
    const { exit, err } = await tree.call('wc', ...web, '--image', 'r/web:2');
    expect([exit, err]).toEqual([0, '']);
    expect(tree.read(`${at}/workload.yaml`)).toBe(workload.replace(/image: \S+/, 'image: r/web:2'));
  });

  it('warn of what a Workload loses, and keep its other comments', async () => {
    using tree = stage({ [`${at}/workload.yaml`]: workloadByHand });
    const { err } = await tree.call('wc', ...web, '--image', 'r/web:2');
    expect(err).toBe(`Warning: ${at}/workload.yaml: line 2: label tier is not kept\n`);
    const kept = workloadByHand.replace(/ {2}labels.*\n/, '').replace(/image: \S+/, 'image: r/web:2');
    expect(tree.read(`${at}/workload.yaml`)).toBe(kept);
  });

  it('put no Workload over that of another component in the same folder', async () => {
    const other = (shop[`${at}/component.yaml`] ?? '').replace('name: web', 'name: api');
    using tree = stage({ [`${at}/api.yaml`]: other });
    const { exit, err } = await tree.call('wc', '--project', 'shop', '--component', 'api', '--image', 'r/api:1');
    expect(exit).toBe(1);
    expect(err).toContain(`${at}/workload.yaml: the Workload belongs here, but the file holds Workload web-main`);
    expect(tree.read(`${at}/workload.yaml`)).toBe(workload);
  });

  it('keep the other documents of a file', async () => {
    const component = `# first\n${shop[`${at}/component.yaml`]}`;
    using tree = stage({ [`${at}/component.yaml`]: `${component}---\n${workload}`, [`${at}/workload.yaml`]: '' });
    await tree.call('wc', ...web, '--image', 'r/web:2');
    expect(tree.read(`${at}/component.yaml`)).toContain(`${component}---\n`);
    expect(tree.read(`${at}/component.yaml`)).toContain('r/web:2');
    expect(tree.read(`${at}/workload.yaml`)).toBe('');
  });

  it.each([
    ['wc', ['--image', 'x', '--project', 'shop', '--component', '../../evil']],
    ['wc', ['--image', 'x', '--project', '..', '--component', 'web']],
    ['cr', [...web, '--name', '../../evil', '--output-path', 'r']],
    ['rb', ['--project', 'shop', '--component', 'a/b']],
  ] as const)('refuse a name that leads out of the tree: %s %j', async (name, args) => {
    using tree = stage();
    const { exit, err } = await tree.call(name, ...args);
    expect(exit).toBe(1);
    expect(err).toMatch(/^Error: .* is no \w+ name: it would lead to another folder/);
  });

  it('never replace a release by another', async () => {
    using tree = stage();
    const release = [...web, '--name', 'web-1', '--output-path', 'r'];
    await tree.call('cr', ...release);
    const before = tree.read('r/web-1.yaml');
    expect((await tree.call('cr', ...release)).out).toContain('Skipped (unchanged): web-1');
    await tree.call('wc', ...web, '--image', 'r/web:2');
    const { exit, err } = await tree.call('cr', ...release);
    expect(exit).toBe(1);
    expect(err).toContain('releases never change');
    expect(tree.read('r/web-1.yaml')).toBe(before);
  });

  it('take the number after the largest file of the day', async () => {
    using tree = stage({ 'r/web-20260102-1.yaml': 'a: b\n', 'r/web-20260102-7.yaml': 'a: b\n' });
    const { out } = await tree.call('cr', ...web, '--output-path', 'r');
    expect(out).toContain(`Generated: ${tree.root}/r/web-20260102-8.yaml`);
  });

  it.each(['cr', 'rb'] as const)(
    'count errors of many, which only --strict tells by the exit code: %s',
    async (name) => {
      using tree = stage({ [`${at}/workload.yaml`]: '' });
      const all = ['--all', '--use-pipeline', 'standard', '--target-env', 'development'].slice(
        0,
        name === 'cr' ? 1 : 5,
      );
      const lax = await tree.call(name, ...all);
      expect([lax.exit, (await tree.call(name, ...all, '--strict')).exit]).toEqual([0, 1]);
      expect(lax.out).toMatch(/Summary: 0 \w+ generated,.* 1 errors\n$/);
      expect(lax.err).toMatch(/^Error generating \w+ for shop\/web: /m);
    },
  );

  it('tell in v1.2 that a release of an older version is to be written anew', async () => {
    const type = 'namespaces/default/platform/service.yaml';
    const later = `${shop[type]}  parameters: {}\n  allowedTraits: [{name: volume}]\n`;
    using tree = stage({ [type]: later });
    await tree.call('cr', ...web, '--name', 'web-1');
    const path = `${at}/releases/web-1.yaml`;
    const bind = () => tree.call('rb', ...web, '--use-pipeline', 'standard');
    writeFileSync(join(tree.root, path), tree.read(path).replace(/ +allowedTraits:\n.*\n.*\n/, ''));
    expect((await bind()).err).toContain(`${path} differs only in what older versions of the generator left out; run`);
    writeFileSync(join(tree.root, path), tree.read(path).replace('workloadType: deployment', 'workloadType: job'));
    expect((await bind()).err).toContain('no matching release found for current component state shop/web; run');
  });

  it.each(['cr', 'rb'] as const)('write all but the broken ones of many, with --strict nothing: %s', async (name) => {
    const other = (shop[`${at}/component.yaml`] ?? '').replace('name: web', 'name: other');
    using tree = stage({ 'other/component.yaml': other });
    const all = name === 'cr' ? ['--all'] : ['--all', '--use-pipeline', 'standard', '--target-env', 'development'];
    if (name === 'rb') await tree.call('cr', '--all');
    const before = tree.everything();
    const strict = await tree.call(name, ...all, '--strict');
    expect([strict.exit, strict.err.split('\n').at(-2)]).toEqual([1, 'Error: nothing is written, as --strict asks']);
    expect(tree.everything()).toEqual(before);
    const json = JSON.parse((await tree.call(name, ...all, '--strict', '--json')).out);
    expect(json.files).toMatchObject([{ action: 'created', written: false }]);
    expect((await tree.call(name, ...all)).exit).toBe(0);
    expect(tree.everything()).toHaveLength(before.length + 2);
  });

  it('change bindings of several components in one file', async () => {
    const other = (shop[`${at}/component.yaml`] ?? '').replace('name: web', 'name: other');
    const binding = (name: string) =>
      `apiVersion: openchoreo.dev/v1alpha1\nkind: ReleaseBinding\nmetadata: {name: ${name}}\nspec:\n  owner: {projectName: shop, componentName: ${name}}\n  environment: development\n`;
    const bindings = `${binding('web')}---\n${binding('other')}`;
    const otherWorkload = workload.replaceAll(/(name: |componentName: )web/g, '$1other');
    using tree = stage({ 'o/component.yaml': other, 'o/workload.yaml': otherWorkload, 'bindings.yaml': bindings });
    await tree.call('cr', '--all');
    const { exit } = await tree.call('rb', '--all', '--use-pipeline', 'standard', '--target-env', 'development');
    const bound = (name: string) =>
      binding(name).replace('  environment', `  releaseName: ${name}-20260102-1\n  environment`);
    expect([exit, tree.read('bindings.yaml')]).toEqual([0, `${bound('web')}---\n${bound('other')}`]);
  });

  it('write nothing in a dry run, and show the difference', async () => {
    using tree = stage();
    const { out } = await tree.call('wc', ...web, '--image', 'r/web:2', '--dry-run', '--diff');
    expect(out).toContain('+    image: r/web:2');
    expect(tree.read(`${at}/workload.yaml`)).toBe(workload);
    const releases = await tree.call('cr', '--all', '--dry-run');
    expect(releases.out).toContain('# Release: web-20260102-1 (project: shop, component: web)');
    expect(existsSync(join(tree.root, at, 'releases'))).toBe(false);
  });

  it('tell everything as one JSON object', async () => {
    using tree = stage({ 'broken.yaml': 'apiVersion: openchoreo.dev/v1alpha1\nkind: {\n' });
    const { out, err } = await tree.call('cr', '--all', '--json', '--diff');
    const path = join(tree.root, at, 'releases', 'web-20260102-1.yaml');
    expect(err).toBe('');
    expect(JSON.parse(out)).toMatchObject({
      files: [{ path, action: 'created', written: true, diff: expect.stringContaining('+kind: ComponentRelease') }],
      results: [{ project: 'shop', component: 'web', name: 'web-20260102-1', path }],
      warnings: [{ file: 'broken.yaml', line: 3, text: expect.stringMatching(/: the document is left out$/) }],
      errors: [],
    });
  });

  it('tell a single component only of what is wrong with its own files, and many of everything', async () => {
    const broken = 'apiVersion: openchoreo.dev/v1alpha1\nkind: {\n';
    using tree = stage({ 'broken.yaml': broken, [`${at}/mine.yaml`]: broken });
    const single = await tree.call('cr', ...web, '--output-path', 'r', '--dry-run');
    expect(single.err.match(/Warning: \S+/g)).toEqual([`Warning: ${at}/mine.yaml:`]);
    const many = await tree.call('cr', '--all', '--dry-run');
    expect(many.err.match(/Warning: \S+/g)?.sort()).toEqual(['Warning: broken.yaml:', `Warning: ${at}/mine.yaml:`]);
  });

  it('tell many of every document that does not count', async () => {
    const trait = 'namespaces/default/platform/volume.yaml';
    const other = (shop[trait] ?? '').replace('name: volume', 'name: other');
    using tree = stage({ 'z.yaml': other, 'zz.yaml': `# again\n${other}` });
    const { err } = await tree.call('cr', '--all', '--dry-run');
    expect(err).toBe('Warning: z.yaml: line 1: Trait other does not count: Trait other of zz.yaml, line 2, is used\n');
    expect((await tree.call('cr', ...web, '--output-path', 'r', '--dry-run')).err).toBe('');
  });

  it('tell no more than a hundred warnings to people', async () => {
    const nameless = 'apiVersion: openchoreo.dev/v1alpha1\nkind: Trait\n---\n'.repeat(112);
    using tree = stage({ 'traits.yaml': nameless });
    const { err } = await tree.call('cr', '--all', '--dry-run');
    expect(err.split('\n').slice(99, 101)).toEqual([
      'Warning: traits.yaml: line 298: metadata.name is missing: the document is left out',
      'Warning: and 12 more, which --json shows',
    ]);
    const { out } = await tree.call('cr', '--all', '--dry-run', '--json');
    expect(JSON.parse(out).warnings).toHaveLength(112);
  });

  it('tell an error as JSON, too', async () => {
    using tree = stage();
    const { exit, out } = await tree.call('cr', '--json');
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      errors: ['Error: one of --all, --project, or --component must be specified'],
    });
  });

  it.each(['cr', 'rb'] as const)('take --all=false for no scope: %s', async (name) => {
    using tree = stage();
    const { exit, err } = await tree.call(name, '--all=false');
    expect([exit, err]).toEqual([1, expect.stringContaining('one of --all')]);
    expect((await tree.call(name, '--all=false', '--project', 'shop')).err).toContain('--all cannot be combined');
  });

  it('leave no temporary file behind', async () => {
    using tree = stage();
    await tree.call('wc', ...web, '--image', 'r/web:2');
    expect(readdirSync(join(tree.root, at)).sort()).toEqual(['component.yaml', 'workload.yaml']);
  });

  it('follow a dialect that is set', async () => {
    using tree = stage({ [`${at}/workload.yaml`]: '' });
    writeFileSync(join(tree.root, at, 'workload.yaml'), '');
    const { out } = await tree.call('wc', ...web, '--image', 'r/web:2', '--dry-run', '--dialect', 'v0.15');
    expect(out).toContain('  containers:\n    main:\n      image: r/web:2\n');
    expect((await tree.call('wc', ...web, '--image', 'x', '--dialect', 'v9')).err).toContain(
      '--dialect must be one of',
    );
  });

  it.each(['wc', 'cr', 'rb'] as const)('have help: %s', async (name) => {
    using tree = stage();
    const { exit, out } = await tree.call(name, '--help');
    expect([exit, out.startsWith('slipway ')]).toEqual([0, true]);
  });
});
