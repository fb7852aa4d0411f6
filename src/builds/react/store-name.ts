import { createHash } from 'node:crypto';

/** Who builds what: such builds share the packages that they have downloaded, and no others do, as a build may change them. */
export interface StoreOwner {
  readonly source: { readonly repository: string; readonly namespace: string };
  readonly image: { readonly registry: string; readonly name: string };
}

/** Name of the place for downloaded packages: 16 hex. */
export function storeName({ source, image }: StoreOwner): string {
  const owner = [source.namespace, source.repository, image.registry, image.name];
  return createHash('sha256').update(JSON.stringify(owner)).digest('hex').slice(0, 16);
}
