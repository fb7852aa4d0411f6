import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRunFile } from '../../src/cli/read-run-file.ts';
import { parseYaml } from '../../src/openchoreo/yaml/read.ts';
import type { RunResult } from '../../src/runs/status.ts';
import { startRun } from '../../src/temporal/start-run.ts';
import { commitFiles } from '../support/commit-files.ts';
import { git } from '../support/gitops.ts';
import { startTestWorld, type TestWorld } from '../support/world.ts';

const samples = 'deploy/samples';
const components = 'namespaces/default/projects/demo-project-gitops/components';
let test: TestWorld;
let gitops: string;
let source: string;

beforeAll(async () => {
  test = await startTestWorld();
  const repositories = join(test.folder, 'forge/repositories/acme');
  gitops = join(repositories, 'gitops.git');
  source = join(repositories, 'greeter.git');
  const old = (await git(gitops, 'ls-tree', '-r', '--name-only', 'main')).split('\n');
  const removed = old.filter((path) => path.startsWith('namespaces/')).map((path) => [path, null]);
  await commitFiles(gitops, { ...Object.fromEntries(removed), ...(await sampleFiles()) });
  await moveSourceInto('service-go-greeter');
  await test.startWorker();
});
afterAll(() => test?.stop());

/** The sample GitOps repository's files, with this world's addresses where platform engineers put theirs. */
async function sampleFiles(): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(join(samples, 'namespaces'), { recursive: true });
  const files = names
    .filter((name) => name.endsWith('.yaml'))
    .map(async (name) => {
      const text = await readFile(join(samples, 'namespaces', name), 'utf8');
      const here = text
        .replace('https://github.com/acme/gitops', test.world.repositories.gitops)
        .replace('registry.acme.example', test.world.registry);
      return [`namespaces/${name}`, here] as const;
    });
  return Object.fromEntries(await Promise.all(files));
}

/** Makes the sample source a monorepository, with the application in that folder. */
async function moveSourceInto(folder: string): Promise<void> {
  const files = (await git(source, 'ls-tree', '-r', 'main')).split('\n');
  const entries = files.map((line) => /^(\d+) blob (\w+)\t(.+)$/.exec(line) ?? []);
  await git(source, 'read-tree', '--empty');
  for (const [, mode, id, path] of entries)
    await git(source, 'update-index', '--add', '--cacheinfo', `${mode},${id},${folder}/${path}`);
  const tree = await git(source, 'write-tree');
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example'];
  const commit = await git(source, ...identity, 'commit-tree', tree, '-p', 'main', '-m', 'Move the service');
  await git(source, 'update-ref', 'refs/heads/main', commit);
}

/** Runs a sample run's file to its end, with the source of this world and further changes. */
async function runSample(file: string, change = (text: string) => text): Promise<RunResult> {
  const text = await readFile(join(samples, 'runs', file), 'utf8');
  const url = 'https://github.com/openchoreo/sample-workloads';
  const { namespace, name, run } = readRunFile(
    change(text.replace(url, test.world.repositories.source)),
    file,
    (one) => one,
  );
  const { handle } = await startRun(test.client, { namespace, name, run, trigger: 'manual' });
  return handle.result();
}

const show = async ({ branch }: RunResult, path: string) =>
  parseYaml(await git(gitops, 'show', `${branch}:${path}`), path)[0];

describe("the guide's run in a repository of dialect v0.15", () => {
  it('ends with a pull request whose resources are of that dialect', async () => {
    const result = await runSample('greeter-build-release-001.yaml');

    expect(result).toMatchObject({ outcome: 'released', environment: 'development', pullRequest: { number: 1 } });
    const image = result.image ?? '';
    const folder = `${components}/greeter-service-gitops`;
    expect(image).toContain('/demo-project-gitops-greeter-service-gitops-image:v1-');
    const workload = { containers: { main: expect.objectContaining({ image }) } };
    expect(await show(result, `${folder}/workload.yaml`)).toMatchObject({ kind: 'Workload', spec: workload });
    expect(await show(result, `${folder}/releases/${result.release}.yaml`)).toMatchObject({
      kind: 'ComponentRelease',
      spec: { componentType: expect.objectContaining({ workloadType: 'deployment' }), workload },
    });
    expect(await show(result, `${folder}/release-bindings/greeter-service-gitops-development.yaml`)).toMatchObject({
      kind: 'ReleaseBinding',
      spec: { environment: 'development', releaseName: result.release },
    });
  });

  it('goes on in a repository where another component is of dialect v0.16 already, each in its own', async () => {
    const legacy = await git(gitops, 'show', 'main:namespaces/default/platform/component-types/service.yaml');
    const component = await git(gitops, 'show', `main:${components}/greeter-service-gitops/component.yaml`);
    await commitFiles(gitops, {
      'namespaces/default/platform/component-types/service-next.yaml': `${legacy
        .replace('name: service', 'name: service-next')
        .replace('workload.containers["main"].image', 'workload.container.image')}\n`,
      [`${components}/greeter-next/component.yaml`]: `${component
        .replace('name: greeter-service-gitops', 'name: greeter-next')
        .replace(
          'componentType: deployment/service',
          'componentType:\n    kind: ComponentType\n    name: deployment/service-next',
        )}\n`,
    });
    const file = 'greeter-build-release-001.yaml';
    const [next, again] = await Promise.all([
      runSample(file, (text) =>
        text.replaceAll('greeter-service-gitops', 'greeter-next').replace('release-001', 'release-002'),
      ),
      runSample(file, (text) => text.replace('release-001', 'release-003')),
    ]);

    expect(next).toMatchObject({ outcome: 'released', image: expect.stringContaining('greeter-next-image:v1-') });
    const workload = { container: expect.objectContaining({ image: next.image }) };
    expect(await show(next, `${components}/greeter-next/workload.yaml`)).toMatchObject({ spec: workload });
    expect(await show(next, `${components}/greeter-next/releases/${next.release}.yaml`)).toMatchObject({
      spec: { workload },
    });
    // The base moved meanwhile, so the first pull request gives way to one like it.
    expect(again).toMatchObject({ outcome: 'released' });
    expect(await show(again, `${components}/greeter-service-gitops/workload.yaml`)).toMatchObject({
      spec: { containers: { main: expect.objectContaining({ image: again.image }) } },
    });
  });

  it('is refused where the Workload is of the other dialect, with what to change', async () => {
    await commitFiles(gitops, {
      [`${components}/greeter-service-gitops/workload.yaml`]:
        'apiVersion: openchoreo.dev/v1alpha1\nkind: Workload\nmetadata:\n  name: greeter-service-gitops\n  namespace: default\nspec:\n  owner:\n    projectName: demo-project-gitops\n    componentName: greeter-service-gitops\n  container:\n    image: old\n',
    });
    const change = (text: string) => text.replace('release-001', 'release-004');
    const failed = await runSample('greeter-build-release-001.yaml', change).then(String, (error: Error) =>
      String(error.cause ?? error),
    );

    expect(failed).toMatch(
      /greeter-service-gitops\/workload\.yaml: Workload greeter-service-gitops: spec\.container is of dialect v0\.16, while .* text as in v0\.15; write it as/,
    );
  });
});
