import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDirectoryCatalog } from '../../../src/catalog/directory-catalog.ts';
import { sampleRun } from '../../../src/embedded/samples/run.ts';
import { descriptorFiles } from '../../../src/openchoreo/generate/descriptor-files.ts';
import { generateRelease } from '../../../src/openchoreo/generate/release.ts';
import { openRepository } from '../../../src/openchoreo/repository/repository.ts';
import { createScan } from '../../../src/openchoreo/repository/scan.ts';
import { builtInFlows } from '../../../src/runs/flows.ts';
import { resolvePlan } from '../../../src/runs/resolve.ts';

const samples = join(import.meta.dirname, '../../../src/embedded/samples');
const commit = '0123456789abcdef0123456789abcdef01234567';

describe('the samples', () => {
  it('resolve to a plan without warnings', async () => {
    const plan = await resolvePlan({
      run: sampleRun('greeter-1', commit, 'https://forge.slipway.invalid/acme/greeter'),
      catalog: createDirectoryCatalog(join(samples, 'gitops')),
      workflowId: 'run/default/greeter-1',
      defaults: { httpHosts: [], flows: builtInFlows },
    });

    expect(plan).toMatchObject({
      flow: 'docker-gitops-release',
      source: { branch: 'main', commit, appPath: '.', descriptorPath: 'workload.yaml' },
      build: { kind: 'docker', context: '.', dockerfile: 'Dockerfile' },
      image: { registry: 'registry.slipway.invalid', name: 'demo-greeter-image', tag: 'v1' },
      gitops: { repository: 'https://forge.slipway.invalid/acme/gitops', branch: 'main' },
      warnings: [],
    });
  });

  it('give a release with the endpoint, its schema and the trait, and a warning of what its dialect leaves out of releases', async () => {
    const gitops = join(samples, 'gitops');
    const found = await readdir(gitops, { recursive: true, withFileTypes: true });
    const texts = new Map<string, string>();
    const scan = createScan();
    for (const file of found.filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))) {
      const path = join(file.parentPath, file.name);
      texts.set(relative(gitops, path), await readFile(path, 'utf8'));
      scan.add(relative(gitops, path), await readFile(path, 'utf8'));
    }
    const read = (path: string) => readFile(join(samples, 'greeter', path), 'utf8');
    const text = await read('workload.yaml');
    const paths = descriptorFiles(text, 'workload.yaml');

    const release = generateRelease(openRepository(scan, texts), {
      namespace: 'default',
      project: 'demo',
      component: 'greeter',
      environment: null,
      pipeline: null,
      image: `registry/demo-greeter-image:v1-01234567@sha256:${'a'.repeat(64)}`,
      commit,
      repository: 'https://forge.slipway.invalid/acme/greeter',
      run: 'default/greeter-1',
      descriptor: {
        path: 'workload.yaml',
        text,
        files: new Map(await Promise.all(paths.map(async (path) => [path, await read(path)] as const))),
      },
    });

    expect(paths).toEqual(['openapi.yaml']);
    expect(release.warnings).toEqual([
      expect.stringContaining('a release of dialect v0.16 does not hold spec.endpoints'),
    ]);
    expect(release.binding.environment).toBe('development');
    expect([...release.files.keys()].toSorted()).toEqual(
      ['release-bindings/greeter-development.yaml', 'releases/greeter-01234567.yaml', 'workload.yaml'].map(
        (path) => `namespaces/default/projects/demo/components/greeter/${path}`,
      ),
    );
    const workload = release.files.get(release.workload.path);
    expect(workload).toContain('greeter-api');
    expect(workload).toContain('operationId: greet');
    const manifest = release.files.get(release.release.path);
    expect(manifest).toContain('mountPath: /tmp');
    expect(manifest).toContain('emptyDir');
  });
});
