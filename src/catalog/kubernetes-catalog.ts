import { Failure } from '../failures.ts';
import { type FollowedObjects, followObjects, KubeObject, type KubeObjects } from '../kubernetes/follow-objects.ts';
import { getObject } from '../kubernetes/get-object.ts';
import { kubeCall } from '../kubernetes/kube-call.ts';
import type { KubeCall, KubeConnection } from '../kubernetes/kube-connection.ts';
import { listObjects } from '../kubernetes/list-objects.ts';
import type { Catalog, CatalogKind } from './catalog.ts';
import { createTakeSnapshot, type KubernetesSnapshot } from './kubernetes-snapshot.ts';

interface KubernetesCatalogSettings {
  readonly connect: () => Promise<KubeConnection>;
  /** Those that may have runs; null for all. */
  readonly namespaces: readonly string[] | null;
  /** How long the cluster may be followed; null to ask it each time. */
  readonly lifetime: AbortSignal | null;
}

/** The kinds that every catalog needs, and what a cluster calls them. */
export const catalogResources: readonly { readonly kind: CatalogKind; readonly resource: string }[] = [
  { kind: 'Component', resource: 'components' },
  { kind: 'ComponentType', resource: 'componenttypes' },
  { kind: 'ComponentWorkflow', resource: 'componentworkflows' },
  { kind: 'Project', resource: 'projects' },
];

const clusterTypes = 'clustercomponenttypes';

const never = new AbortController().signal;

/**
 * A catalog of the resources in a cluster. A single one is asked for each time, so that nothing is missed that was just applied;
 * what pushes are matched against is followed. Throws what a refusal of the cluster means, and `NotAllowed` for other namespaces.
 */
export function createKubernetesCatalog({ connect, namespaces, lifetime }: KubernetesCatalogSettings): Catalog {
  const takeSnapshot = createTakeSnapshot();
  const following = once(async () => followKinds(await connect(), namespaces, lifetime));
  // Only from the first question on: where no Component is of such a type, neither the kind nor a right to it is needed.
  const followingTypes = once(async () => followObjects(await connect(), listCall(clusterTypes, undefined), lifetime));

  const snapshot = async (): Promise<KubernetesSnapshot> =>
    takeSnapshot(
      await Promise.all((await following()).map(async ({ kind, list }) => ({ kind, objects: await list.now() }))),
    );

  /** A right that is missing is the matter of Components of such types alone, and not of all that a push may concern. */
  const typesOfCluster = async (): Promise<KubeObjects> => {
    const followed = await followingTypes();
    return followed.now().catch((error: unknown) => {
      if (!(error instanceof Failure) || error.type !== 'AccessDenied') throw error;
      throw new Failure('NotAllowed', error.message, { cause: error });
    });
  };

  const checkNamespace = (kind: CatalogKind, namespace: string): void => {
    if (kind === 'ClusterComponentType' || namespaces === null || namespaces.includes(namespace)) return;
    const text = `The namespace "${namespace}" is not among those of SLIPWAY_CATALOG (${namespaces.join(', ')}): add it there, or write the run for one of these.`;
    throw new Failure('NotAllowed', text);
  };

  const description = namespaces === null ? 'cluster' : `cluster (namespaces ${namespaces.join(', ')})`;

  return {
    description,
    async find(kind, namespace, name) {
      checkNamespace(kind, namespace);
      const call = kubeCall('openchoreo', 'get', resourceOf(kind), namespace || undefined, name);
      return getObject(await connect(), call, never);
    },
    async names(kind, namespace) {
      checkNamespace(kind, namespace);
      const { items } = await listObjects(
        await connect(),
        listCall(resourceOf(kind), namespace || undefined),
        KubeObject,
        never,
      );
      return items.map(({ metadata }) => metadata.name).sort();
    },
    namespaces: async () => namespacesOf(await snapshot()),
    components: async (paths) => componentsAt(await snapshot(), paths),
    async now() {
      const taken = await snapshot();
      let types: Promise<KubeObjects> | undefined;
      const still: Catalog = {
        description,
        async find(kind, namespace, name) {
          checkNamespace(kind, namespace);
          const key = `${namespace}/${name}`;
          if (kind === 'ClusterComponentType') {
            types ??= typesOfCluster();
            return (await types).get(key);
          }
          return taken.kinds.find((one) => one.kind === kind && one.objects.has(key))?.objects.get(key);
        },
        async names(kind, namespace) {
          const all = taken.kinds.filter((one) => one.kind === kind).flatMap(({ objects }) => [...objects.values()]);
          return all.flatMap(({ metadata }) => (metadata.namespace === namespace ? metadata.name : [])).sort();
        },
        namespaces: async () => namespacesOf(taken),
        components: async (paths) => componentsAt(taken, paths),
        now: async () => still,
      };
      return still;
    },
  };
}

interface Following {
  readonly kind: CatalogKind;
  readonly list: FollowedObjects;
}

/** One list for each kind; where not all namespaces are allowed one for each kind and namespace, so that rights there will do. */
function followKinds(
  connection: KubeConnection,
  namespaces: readonly string[] | null,
  lifetime: AbortSignal | null,
): readonly Following[] {
  return catalogResources.flatMap(({ kind, resource }) =>
    (namespaces ?? [undefined]).map((namespace) => ({
      kind,
      list: followObjects(connection, listCall(resource, namespace), lifetime),
    })),
  );
}

const resourceOf = (kind: CatalogKind): string =>
  catalogResources.find((one) => one.kind === kind)?.resource ?? clusterTypes;

/** What that gives, made with the first call; one that fails is tried again with the next. */
function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

const listCall = (resource: string, namespace: string | undefined): KubeCall => ({
  ...kubeCall('openchoreo', 'list', resource, namespace),
  method: 'GET',
});

const namespacesOf = ({ components }: KubernetesSnapshot): readonly string[] =>
  [...new Set(components.map(({ namespace }) => namespace))].sort();

function componentsAt(
  { components, bySourcePath, anywhere }: KubernetesSnapshot,
  paths: readonly string[] | undefined,
) {
  if (paths === undefined) return components;
  return [...new Set([...[...new Set(paths)].flatMap((path) => bySourcePath.get(path) ?? []), ...anywhere])];
}
