import { mkdir, symlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import { storeName } from '../../builds/react/store-name.ts';
import { type StepContext, toolPaths } from './step-context.ts';

/** Lets cache mounts of Buildah and Podman, which are below TMPDIR, outlive the build where the plane has a place for them. */
export async function keepDownloads({ request, scratch }: StepContext): Promise<void> {
  if (request.storesFolder === undefined) return;
  const store = path.join(request.storesFolder, storeName(request));
  const { tmp } = toolPaths(scratch);
  await mkdir(store, { recursive: true, mode: 0o700 });
  // Its date says when it was last used.
  await utimes(store, new Date(), new Date());
  // Named so up to Buildah 1.30, and with the user's number since.
  for (const name of ['buildah-cache', `buildah-cache-${process.getuid?.()}`])
    await symlink(store, path.join(tmp, name));
}
