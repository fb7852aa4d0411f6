import { z } from 'zod';
import type { Catalog } from '../catalog/catalog.ts';
import { Failure } from '../failures.ts';

/** Name of a build plane, or `namespace/name` for the Projects of one namespace → kubeconfig of its cluster, or null for where builds run anyway. */
export type BuildPlaneTable = ReadonlyMap<string, string | null>;

/** Text is v0.15, an object v0.16; everything else of a Project is for its release. */
const Reference = z.object({
  spec: z.object({
    buildPlaneRef: z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]).nullish(),
  }),
});

/**
 * The build plane that a run's Project asks for, as the table names it; null for where builds run anyway, which `default` means,
 * too. Throws `ManifestInvalid` for one that is not in the table.
 */
export async function findBuildPlane(
  { namespace, project }: { readonly namespace: string; readonly project: string },
  catalog: Catalog,
  planes: BuildPlaneTable = new Map(),
): Promise<string | null> {
  const found = await catalog.find('Project', namespace, project);
  if (found === undefined) return null;
  const owner = `Project ${namespace}/${project} in the ${catalog.description}: spec.buildPlaneRef`;
  const parsed = Reference.safeParse(found);
  if (!parsed.success)
    throw new Failure('ManifestInvalid', `${owner} must be the name of a build plane, or {kind, name}.`);
  const name = parsed.data.spec.buildPlaneRef;
  if (!name) return null;
  const key = [`${namespace}/${name}`, name].find((one) => planes.has(one));
  if (key !== undefined) return planes.get(key) === null ? null : key;
  if (name === 'default') return null;
  const known = ['default', ...planes.keys()].join(', ');
  throw new Failure(
    'ManifestInvalid',
    `${owner} names the build plane "${name}", which is not known here (known: ${known}). Correct the name, or put it into ` +
      `SLIPWAY_BUILD_PLANES: ${name}=<kubeconfig> for its cluster, ${name} alone for where builds run anyway.`,
  );
}
