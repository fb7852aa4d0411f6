import type { KubeObject, KubeObjects } from '../kubernetes/follow-objects.ts';
import type { CatalogKind, FoundComponent } from './catalog.ts';
import { sourcePaths } from './source-paths.ts';

/** Objects of one kind, in all namespaces or in one. */
export interface KindObjects {
  readonly kind: CatalogKind;
  readonly objects: KubeObjects;
}

/** A cluster's resources at one moment. */
export interface KubernetesSnapshot {
  readonly kinds: readonly KindObjects[];
  readonly components: readonly FoundComponent[];
  /** Components by the paths that their source's repository may have. */
  readonly bySourcePath: ReadonlyMap<string, readonly FoundComponent[]>;
  /** Components whose source may be anywhere. */
  readonly anywhere: readonly FoundComponent[];
}

/** A function that indexes such objects; what does not change between two calls is not read again. */
export function createTakeSnapshot(): (kinds: readonly KindObjects[]) => KubernetesSnapshot {
  const read = new WeakMap<KubeObject, { readonly found: FoundComponent; readonly paths: readonly string[] | null }>();
  let last: KubernetesSnapshot | undefined;

  const readComponent = (value: KubeObject) => {
    const { namespace, name } = value.metadata;
    const known = read.get(value) ?? {
      found: { namespace, name, value },
      paths: sourcePaths(JSON.stringify(value['spec'] ?? null)),
    };
    read.set(value, known);
    return known;
  };

  return (kinds) => {
    if (last !== undefined && kinds.every(({ objects }, at) => objects === last?.kinds[at]?.objects)) return last;
    const components: FoundComponent[] = [];
    const bySourcePath = new Map<string, FoundComponent[]>();
    const anywhere: FoundComponent[] = [];
    for (const { objects } of kinds.filter(({ kind }) => kind === 'Component')) {
      for (const value of objects.values()) {
        const { found, paths } = readComponent(value);
        components.push(found);
        if (paths === null) anywhere.push(found);
        for (const path of paths ?? []) {
          const others = bySourcePath.get(path);
          if (others === undefined) bySourcePath.set(path, [found]);
          else others.push(found);
        }
      }
    }
    last = { kinds, components, bySourcePath, anywhere };
    return last;
  };
}
