import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createDirectoryCatalog } from '../../../src/catalog/directory-catalog.ts';
import { valueAt } from '../../../src/openchoreo/workflow/render.ts';
import { checkWorkflow } from '../../../src/runs/check-workflow.ts';
import { builtInFlows } from '../../../src/runs/flows.ts';
import { readRun } from '../../../src/runs/read-run.ts';
import { resolvePlan } from '../../../src/runs/resolve.ts';
import { watchedSource } from '../../../src/runs/watched-source.ts';

const catalog = createDirectoryCatalog('deploy/samples');
const defaults = { flows: builtInFlows, httpHosts: [] };
const sampleRun = async (name: string) => {
  const file = `deploy/samples/runs/${name}-build-release-001.yaml`;
  return readRun(await readFile(file, 'utf8'), file);
};

describe('deploy/samples', () => {
  it.each(Object.keys(builtInFlows))('has a ComponentWorkflow %s without mistakes and warnings', async (flow) => {
    const found = await catalog.find('ComponentWorkflow', 'default', flow);

    expect(checkWorkflow(found, builtInFlows)).toMatchObject({ mistakes: [], warnings: [], flow: { name: flow } });
  });

  it.each([
    ['greeter', 'docker', 'service-go-greeter'],
    ['reading-list', 'buildpacks', 'service-go-reading-list'],
    ['react-starter', 'react', 'webapp-react-nginx'],
  ])('has a run of %s that plans', async (name, kind, appPath) => {
    const plan = await resolvePlan({ run: await sampleRun(name), catalog, workflowId: null, defaults });

    expect(plan).toMatchObject({
      build: { kind },
      source: { appPath, descriptorPath: `${appPath}/workload.yaml` },
      gitops: { repository: 'https://github.com/acme/gitops' },
      warnings: [],
    });
  });

  it.each([
    ['greeter', 'service-go-greeter'],
    ['reading-list', 'service-go-reading-list'],
    ['react-starter', 'webapp-react-nginx'],
  ])('has a component of %s that a push builds as its run does', async (name, appPath) => {
    const run = await sampleRun(name);
    const component = await catalog.find('Component', 'default', String(valueAt(run, 'spec.owner.componentName')));

    expect(valueAt(component, 'spec.workflow')).toEqual(valueAt(run, 'spec.workflow'));
    expect(valueAt(component, 'spec.autoBuild')).toBe(true);
    expect((await watchedSource(run, catalog, builtInFlows)).watch).toContain(appPath);
  });
});
