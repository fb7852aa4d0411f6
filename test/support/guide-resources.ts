import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterWorld } from './start-cluster-world.ts';
import { smallBuild } from './start-cluster-world.ts';

const samples = 'deploy/samples';

/** The guide's resources and runs as `deploy/samples` has them, told where this world's repositories, registry and builder are. */
export interface GuideResources {
  /** Text by path, in the GitOps repository. */
  readonly files: Readonly<Record<string, string>>;
  /** Those of them that a cluster reads, as one manifest. */
  readonly platform: string;
  /** The guide's three ComponentWorkflowRuns, by name. */
  readonly runs: ReadonlyMap<string, string>;
}

/** Reads them. `registry` and `builder` as builds name them. */
export async function guideResources(
  { world: { repositories } }: ClusterWorld,
  { registry, builder }: { readonly registry: string; readonly builder: string },
): Promise<GuideResources> {
  // npm needs more than the others.
  const small = Object.entries({ ...smallBuild, memory: '1Gi' }).map(
    ([name, value]) => `          - name: slipway-${name}\n            value: ${value}\n`,
  );
  const read = async (path: string): Promise<string> => {
    const text = (await readFile(join(samples, path), 'utf8'))
      .replaceAll('https://github.com/openchoreo/sample-workloads', repositories.source)
      .replaceAll('https://github.com/acme/gitops', repositories.gitops)
      .replaceAll('registry.acme.example', registry)
      .replaceAll('gcr.io/buildpacks/builder:v1', builder);
    return path.includes('/component-workflows/') ? `${text.trimEnd()}\n${small.join('')}` : text;
  };
  const below = await readdir(join(samples, 'namespaces'), { recursive: true });
  const paths = below.filter((path) => path.endsWith('.yaml')).map((path) => join('namespaces', path));
  const files = Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await read(path)] as const)));
  const isRead = (text: string) => /^kind: (Component|ComponentType|ComponentWorkflow|Project)$/m.test(text);
  const names = await readdir(join(samples, 'runs'));
  const runs = names.map(async (name) => [name.replace('.yaml', ''), await read(join('runs', name))] as const);
  return {
    files,
    platform: Object.values(files).filter(isRead).join('---\n'),
    runs: new Map(await Promise.all(runs)),
  };
}
