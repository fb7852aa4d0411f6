import type { ImageRepository } from './registry.ts';
import type { RegistryCall } from './registry-call.ts';
import { failureOf } from './response-failure.ts';

/** Proves that the credential may read a repository, which need not exist yet. Throws `AccessDenied` and the like. */
export async function probePull(call: RegistryCall, repository: ImageRepository, tag: string): Promise<void> {
  const response = await call(repository, `manifests/${tag}`, { method: 'HEAD' }, 'pull');
  if (response.status !== 200 && response.status !== 404) throw failureOf(response, repository, 'read');
}

/** Proves that the credential may write to a repository by starting an upload and cancelling it. Throws `AccessDenied` and the like. */
export async function probePush(call: RegistryCall, repository: ImageRepository): Promise<void> {
  const opened = await call(repository, 'blobs/uploads/', { method: 'POST' }, 'pull,push');
  const { location } = opened.headers;
  if (opened.status !== 202 || location === undefined) throw failureOf(opened, repository, 'start an upload to');
  // One that stays is forgotten by the registry after a while, so its answer does not matter.
  await call(repository, new URL(location, opened.url).href, { method: 'DELETE' }, 'pull,push');
}
