/** Says whether and how a component may run: its ComponentWorkflow, Component and the like, as parsed and not yet validated YAML. */
export interface Catalog {
  /** The resource of that kind and name in that namespace, or undefined where there is none. A ClusterComponentType is in the namespace `''`. */
  find(kind: CatalogKind, namespace: string, name: string): Promise<unknown>;
  /** The file that holds such a resource, with its whole text; absent where a catalog has no files. */
  textOf?(
    kind: CatalogKind,
    namespace: string,
    name: string,
  ): Promise<{ readonly path: string; readonly text: string } | undefined>;
  /** Names of all resources of a kind in a namespace, for messages that say which one may have been meant. */
  names(kind: CatalogKind, namespace: string): Promise<readonly string[]>;
  /** The namespaces that hold a Component. */
  namespaces(): Promise<readonly string[]>;
  /**
   * The Components whose source may be a repository at one of these paths (`repositoryPlace`, in small letters) on whatever host:
   * all that are, and perhaps some more. Without paths all Components. Costs nothing for those of other paths.
   */
  components(paths?: readonly string[]): Promise<readonly FoundComponent[]>;
  /** This catalog as it stands at this moment, for many questions in a row: it asks nobody for news. */
  now(): Promise<Catalog>;
  /**
   * Told of a push to one of these URLs. Where that moves what this catalog is read from, it is read anew at once, and the answer is
   * the commit; else null. Absent where a catalog is read from no repository.
   */
  pushed?(urls: readonly string[], branches: readonly string[]): Promise<string | null>;
  /** What it is and where, for messages; holds no secret. */
  readonly description: string;
}

/** A Component, as parsed; the very same object again as long as it does not change. */
export interface FoundComponent {
  readonly namespace: string;
  readonly name: string;
  readonly value: unknown;
}

export type CatalogKind = 'Component' | 'ComponentType' | 'ClusterComponentType' | 'ComponentWorkflow' | 'Project';
