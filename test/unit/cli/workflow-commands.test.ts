import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { workflowList } from '../../../src/cli/workflow-list.ts';
import { workflowSchema } from '../../../src/cli/workflow-schema.ts';
import { workflowValidate } from '../../../src/cli/workflow-validate.ts';
import { builtInFlows } from '../../../src/runs/flows.ts';
import { recordOut } from '../../support/recorded-out.ts';
import { catalogOf, platform } from '../runs/sample-resources.ts';

const commands = { list: workflowList, validate: workflowValidate, schema: workflowSchema };

/** A command with the sample platform as catalog and these files. */
async function call(command: keyof typeof commands, args: readonly string[], catalog: Catalog, files = {}) {
  const [out, err] = [recordOut(), recordOut()];
  const texts = new Map<string, string>(Object.entries(files));
  const deps = {
    readFile: async (path: string) => texts.get(path) ?? Promise.reject(new Error('no such file')),
    openTools: async () => ({ catalog, flows: builtInFlows }),
    readFlows: async () => builtInFlows,
  };
  const code = await commands[command](args, deps, { out, err });
  return { code, out: out.text(), err: err.text() };
}

const sample = catalogOf(platform);
const broken = platform.replace('context: string |', 'context: strang |').replace('image-tag, value: v1', 'image-tag');

describe.each(Object.entries(commands))('the help of slipway workflow %s', (name, command) => {
  it('fits 100 columns, has an example, and tells the exit codes', async () => {
    const out = recordOut();
    expect(await command(['--help'], {} as never, { out, err: out })).toBe(0);
    expect(
      Math.max(
        ...out
          .text()
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(100);
    expect(out.text()).toMatch(new RegExp(`^slipway workflow ${name} .*\n\n`));
    expect(out.text()).toMatch(
      new RegExp(`\n {2}slipway workflow ${name} .*\n\nExit codes: 0 .*1 .*2 wrong usage`, 's'),
    );
  });
});

describe('slipway workflow list', () => {
  it('says which flow each runs, which types allow it, and which have mistakes', async () => {
    const { code, out } = await call('list', [], catalogOf(broken));

    expect(code).toBe(0);
    expect(out.split('\n').slice(0, 2)).toEqual([
      'NAME                           FLOW                   ALLOWED BY',
      'default/docker-gitops-release  docker-gitops-release  service  (2 mistakes: slipway workflow validate docker-gitops-release)',
    ]);
  });

  it('names types of the whole cluster, too, and does without where they may not be read', async () => {
    const catalog = catalogOf(platform.replace('kind: ComponentType\n', 'kind: ClusterComponentType\n'));
    const names: Catalog['names'] = (kind, namespace) =>
      kind === 'ClusterComponentType' ? Promise.reject(new Error('no right')) : catalog.names(kind, namespace);

    expect((await call('list', [], catalog)).out).toContain('docker-gitops-release  service (all namespaces)\n');
    expect((await call('list', [], { ...catalog, names })).out).toContain('docker-gitops-release  no type\n');
  });

  it('says it for programs, too', async () => {
    const { out } = await call('list', ['--json'], sample);

    expect(out.split('\n').map((line) => line && JSON.parse(line))).toContainEqual({
      namespace: 'default',
      name: 'docker-gitops-release',
      description: null,
      flow: 'docker-gitops-release',
      build: 'docker',
      allowedBy: ['service'],
      mistakes: 0,
      warnings: 0,
    });
  });

  it('says that there are none', async () => {
    expect(await call('list', ['-n', 'other'], sample)).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringMatching(/^There are no ComponentWorkflows/),
    });
  });
});

describe('slipway workflow validate', () => {
  const [workflow = ''] = broken.split('\n---\n').filter((text) => text.includes('strang'));

  it('names file, line and field of every mistake of a file, and ends with 1', async () => {
    const { code, out } = await call('validate', ['./w.yaml'], sample, { './w.yaml': `# first\n---\n${workflow}` });
    const line = (text: string) => `# first\n---\n${workflow}`.split('\n').findIndex((one) => one.includes(text)) + 1;

    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      expect.stringContaining(
        `./w.yaml:${line('strang')}: mistake: spec.schema.parameters.docker.context: "strang" is not a type`,
      ),
      expect.stringContaining(
        `./w.yaml:${line('name: image-tag')}: mistake: spec.runTemplate.spec.arguments.parameters["image-tag"]: has no value`,
      ),
      'ComponentWorkflow default/docker-gitops-release: 2 mistakes, 0 warnings',
      '',
    ]);
  });

  it('finds one of the catalog by its name, with its file', async () => {
    const { code, out } = await call('validate', ['docker-gitops-release', '--json'], catalogOf(broken));

    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      valid: false,
      workflows: [
        {
          name: 'docker-gitops-release',
          file: expect.stringMatching(/\.yaml$/),
          mistakes: [{ path: 'spec.schema.parameters.docker.context', line: expect.any(Number) }, {}],
          warnings: [],
        },
      ],
    });
  });

  it('does without files where the catalog has none', async () => {
    const { textOf: _, ...fileless } = catalogOf(broken);

    expect(await call('validate', ['docker-gitops-release'], fileless)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^default\/docker-gitops-release: mistake: spec\.schema/),
    });
  });

  it('says that a file is valid, and with --strict that warnings are too much', async () => {
    const valid = workflow.replace('strang', 'string').replace('name: image-tag }', 'name: image-tag, value: v1 }');
    const odd = valid.replace('kind: Workflow\n', 'kind: Workflow\n    x: ${metadata.orgName}\n');

    expect(await call('validate', ['-'], sample, { '-': valid })).toEqual({
      code: 0,
      out: 'ComponentWorkflow default/docker-gitops-release: valid\n',
      err: '',
    });
    expect(await call('validate', ['w.yml'], sample, { 'w.yml': odd })).toMatchObject({
      code: 0,
      out: expect.stringContaining('warning: spec.runTemplate.x: metadata.orgName does not exist'),
    });
    expect(await call('validate', ['w.yml', '--strict'], sample, { 'w.yml': odd })).toMatchObject({ code: 1 });
  });

  it('says what is wrong with a name or file that holds none', async () => {
    expect(await call('validate', ['docker-gitops-relaese'], sample)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/Did you mean docker-gitops-release\?/),
    });
    expect(await call('validate', ['x.yaml'], sample)).toMatchObject({
      code: 2,
      err: expect.stringContaining('x.yaml cannot be read'),
    });
    expect(await call('validate', ['x.yaml'], sample, { 'x.yaml': 'kind: Component' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('x.yaml: holds no ComponentWorkflow'),
    });
    expect(await call('validate', ['x.yaml', '--json'], sample, { 'x.yaml': 'a: [' })).toMatchObject({
      code: 1,
      out: expect.stringContaining('"type": "ManifestInvalid"'),
    });
  });
});

describe('slipway workflow as a program', () => {
  it('needs nothing but a folder, and no settings for a file', () => {
    const slipway = (...args: string[]) =>
      spawnSync(process.execPath, ['src/cli.ts', 'workflow', ...args], { env: {}, encoding: 'utf8' });
    const file = 'deploy/samples/namespaces/default/platform/component-workflows/docker-gitops-release.yaml';

    expect(slipway('validate', '--catalog', 'deploy/samples', '--strict')).toMatchObject({ status: 0, stderr: '' });
    expect(slipway('validate', file)).toMatchObject({ status: 0, stderr: '' });
    expect(slipway('list')).toMatchObject({ status: 2, stderr: expect.stringContaining('SLIPWAY_CATALOG is not set') });
  });
});

describe('slipway workflow schema', () => {
  it('prints what a run may give', async () => {
    const { code, out } = await call('schema', ['docker-gitops-release'], sample);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      additionalProperties: false,
      properties: { docker: { properties: { context: { type: 'string', default: '.' } } } },
    });
  });

  it('prints the schema of a whole run for editors', async () => {
    const { out } = await call('schema', ['docker-gitops-release', '--run'], sample);
    const { properties } = JSON.parse(out);

    expect(properties.kind).toEqual({ const: 'ComponentWorkflowRun' });
    expect(properties.spec.properties.workflow).toMatchObject({
      required: ['name', 'systemParameters'],
      properties: { name: { const: 'docker-gitops-release' }, systemParameters: { required: ['repository'] } },
    });
  });

  it('names the mistakes of a schema that cannot be read', async () => {
    expect(await call('schema', ['docker-gitops-release'], catalogOf(broken))).toMatchObject({
      code: 1,
      err: expect.stringMatching(/spec\.schema\.parameters\.docker\.context: "strang"/),
    });
    expect(await call('schema', [], sample)).toMatchObject({
      code: 2,
      err: expect.stringContaining('NAME is missing'),
    });
  });
});
