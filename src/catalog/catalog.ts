/** Says whether and how a component may run: its ComponentWorkflow, Component and the like, as parsed and not yet validated YAML. */
export interface Catalog {
  /** The resource of that kind and name in that namespace, or undefined where there is none. */
  find(kind: CatalogKind, namespace: string, name: string): Promise<unknown>;
  /** Names of all resources of a kind in a namespace, for messages that say which one may have been meant. */
  names(kind: CatalogKind, namespace: string): Promise<readonly string[]>;
  /** What it is and where, for messages; holds no secret. */
  readonly description: string;
}

export type CatalogKind = 'Component' | 'ComponentType' | 'ComponentWorkflow' | 'Project';
