/** Plays a worker that builds: `node build-worker.ts <JSON of WorkerTask>` prints the outcome as JSON. */

import type { BuildRequest } from '../../src/planes/build-plane.ts';
import { createLocalPlane } from '../../src/planes/local/local-plane.ts';
import { noBuildpacks } from './build-world.ts';

export interface WorkerTask {
  readonly folder: string;
  readonly httpHosts: readonly string[];
  readonly request: BuildRequest;
}

if (import.meta.main) {
  const { folder, httpHosts, request }: WorkerTask = JSON.parse(process.argv[2] ?? '');
  const plane = createLocalPlane({
    folder,
    engine: 'buildah',
    environment: process.env,
    sourceHttpHosts: httpHosts,
    allowFileSources: false,
    registryHttpHosts: httpHosts,
    sourceAuthorization: async () => undefined,
    registryAuth: async () => undefined,
    buildpacks: noBuildpacks,
  });
  const outcome = await plane.build(request, { signal: new AbortController().signal, onProgress: () => {} });
  process.stdout.write(JSON.stringify(outcome));
}
