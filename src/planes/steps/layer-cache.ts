import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dateCache } from '../../builds/layer-cache.ts';
import { digestOf, layoutManifest } from './layout.ts';
import { buildPaths, type StepContext } from './step-context.ts';
import { uploadCommand } from './upload-command.ts';

/** Fetches the stored cache for the build that follows; without one that build only takes longer. */
export async function restoreCache(
  { folder, request, run }: StepContext,
  environment: Readonly<Record<string, string>>,
  credentialFile: string | undefined,
): Promise<void> {
  if (request.layerCache === undefined) return;
  const { storedCache } = buildPaths(folder);
  await rm(storedCache, { recursive: true, force: true });
  const { registry, name } = request.image;
  const isHttp = request.registryHttpHosts.includes(registry);
  const code = await run(
    [
      'skopeo',
      'copy',
      '--preserve-digests',
      ...(credentialFile === undefined ? [] : [`--src-authfile=${credentialFile}`]),
      ...(isHttp ? ['--src-tls-verify=false'] : []),
      `docker://${registry}/${name}:${request.layerCache.name}`,
      `oci:${storedCache}`,
    ],
    environment,
  );
  if (code !== 0) await rm(storedCache, { recursive: true, force: true });
}

/** Stores the cache that the build left, if it left one. A failure is in the log and nowhere else. */
export async function storeCache(
  context: StepContext,
  environment: Readonly<Record<string, string>>,
  credentialFile: string | undefined,
): Promise<void> {
  const { folder, request, run } = context;
  if (!request.layerCache?.write) return;
  const { newCache } = buildPaths(folder);
  try {
    await dateLayout(newCache);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await run(['echo', `The build left no layer cache to store: ${reason}`], environment);
    return;
  }
  await run(uploadCommand(request, newCache, `:${request.layerCache.name}`, credentialFile), environment);
}

/** Notes in the layout's manifest when it was made. */
async function dateLayout(layout: string): Promise<void> {
  const bytes = Buffer.from(dateCache(await layoutManifest(layout), new Date()));
  const digest = digestOf(bytes);
  await writeFile(path.join(layout, 'blobs', digest.replace(':', '/')), bytes);
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const index = { schemaVersion: 2, manifests: [{ mediaType, digest, size: bytes.length }] };
  await writeFile(path.join(layout, 'index.json'), JSON.stringify(index));
}
