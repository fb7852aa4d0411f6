import { stringify } from 'smol-toml';
import { Failure } from '../../failures.ts';
import type { BuilderMetadata } from './builder-metadata.ts';
import type { ProjectDescriptor } from './project-descriptor.ts';

/**
 * The `order.toml` for the buildpacks that a `project.toml` names; undefined where it names none, so that the builder's own order
 * counts. Throws `DescriptorInvalid` with all that are not in the builder image.
 */
export function orderToml(
  group: ProjectDescriptor['group'],
  builder: Pick<BuilderMetadata, 'buildpacks'>,
): string | undefined {
  if (group.length === 0) return undefined;
  const entries = group.map(({ id, version }) => {
    const found = builder.buildpacks.find((one) => one.id === id && (version ?? one.version) === one.version);
    return { id, version: found?.version, asked: version === undefined ? id : `${id}@${version}` };
  });
  const missing = entries.filter(({ version }) => version === undefined).map(({ asked }) => asked);
  if (missing.length > 0) {
    const there = builder.buildpacks.map(({ id, version }) => `${id}@${version}`).join(', ');
    throw new Failure(
      'DescriptorInvalid',
      `project.toml names buildpacks that the builder image does not hold: ${missing.join(', ')}. It holds ${there || 'none'}.`,
    );
  }
  return stringify({ order: [{ group: entries.map(({ id, version }) => ({ id, version })) }] });
}
