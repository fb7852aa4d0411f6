import { describe, expect, it } from 'vitest';
import { folder as at, shop } from '../openchoreo/generate/shop.ts';
import { changed, expectMistake, type Mistake, stage, workload } from './occ-stage.ts';

const file = `${at}/workload.yaml`;
const wc = 'wc WEB --image r/web:2';
const described = `${wc} --descriptor src/d.txt`;
const config = '.openchoreo/config';
const [both, api] = ['--all cannot be combined with --project', 'only supports file-system mode, got "api-server"'];

describe('an error of a command names what is wrong, where, and writes nothing', () => {
  it.each<Mistake>([
    ['flags that exclude each other', {}, 'cr --all --project shop', [both]],
    ['component without project', {}, 'rb --component web', ['--component requires --project']],
    ['no scope', {}, 'cr', ['one of --all, --project, or --component']],
    ['no output path', {}, 'cr WEB', ['--output-path is required']],
    ['a name for many', {}, 'cr --project shop --name x', ['--name can only be used with --component']],
    ['all without pipeline', {}, 'rb --all', ['--use-pipeline is required']],
    ['all without environment', {}, 'rb --all --use-pipeline standard', ['--target-env is required']],
    ['a release for many', {}, 'rb --project shop --component-release x', ['--component-release requires both']],
    ['missing parameters', {}, 'wc --project shop', ['Missing required parameters: --component, --image']],
    ['unknown flag', {}, 'cr --al', ['unknown flag: --al']],
    ['another mode', {}, 'rb --project shop --mode api-server', [api]],
    ['a mode that is none', {}, `${wc} --mode x`, ['unsupported mode "x"', '"api-server" or "file-system"']],
    ['context that cannot be read', { [`${config}/x`]: '' }, wc, ['failed to read config', config]],
    ['context that cannot be parsed', { [config]: 'a: [' }, wc, [`${config}: line 1`]],
    ['context of a wrong shape', { [config]: 'contexts: 1' }, wc, [config, 'contexts must be a list']],
    ['unknown context', { [config]: 'currentContext: x' }, wc, ['current context "x" not found', config]],
    ['no context', { [config]: '{}' }, 'cr --all', ['no current context set']],
    ['no namespace', { [config]: 'currentContext: x\ncontexts: [{name: x}]' }, 'cr --all', ['namespace is required']],
    ['no such root', {}, 'cr --all --root-dir gone', ['repo path does not exist', '/gone']],
    [
      'Workload with a wrong field',
      changed(file, 'key: REGION', 'key: N'),
      wc,
      [`${file}: `, 'Workload web-main', 'spec.container.env[0].key must be text'],
    ],
    [
      'Workload in another document',
      { [file]: `a: 1\n---\n${workload.replace('key: REGION', 'key: N')}` },
      wc,
      [`${file} (document 2)`],
    ],
    ['descriptor missing', {}, `${wc} --descriptor gone.yaml`, ['/gone.yaml', 'failed to open file']],
    ['descriptor that is no YAML', { 'src/d.txt': 'a: 1\nb: [' }, described, ['src/d.txt: line 2']],
    [
      'descriptor of wrong types',
      { 'src/d.txt': 'endpoints: [{port: "80"}]' },
      described,
      ['src/d.txt', 'endpoints[0].port must be a number'],
    ],
    ['schema missing', { 'src/d.txt': 'endpoints: [{schemaFile: s.yaml}]' }, described, ['src/d.txt', 's.yaml']],
    [
      'file missing',
      { 'src/d.txt': 'configurations: {files: [{valueFrom: {path: f}}]}' },
      described,
      ['src/d.txt', '/src/f'],
    ],
    ['target not writable', { out: 'a file' }, `${wc} --output out/w.yaml`, ['failed to write', '/out/w.yaml']],
    ['place of a Workload is taken', { [file]: `${shop['namespaces/default/platform/service.yaml']}` }, wc, [file]],
  ])('%s', async (...row) => {
    await expectMistake(row);
  });

  it('needs a home', async () => {
    using tree = stage();
    const { err } = await tree.callIn({}, 'cr', '--mode', 'file-system', '--all');
    expect(err).toContain('Error: failed to get home directory');
  });
});
