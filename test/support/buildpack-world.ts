import type { BuildPlane, BuildRequest } from '../../src/planes/build-plane.ts';
import type { BuildpacksPlan } from '../../src/planes/buildpacks/choose-phases.ts';
import type { LocalPlaneOptions } from '../../src/planes/local/local-plane.ts';
import type { LocalBuildpacks } from '../../src/planes/local/phases/local-phases.ts';
import { createDetectPhaseMachine } from '../../src/planes/local/phases/phase-machine.ts';
import { createReadImage } from '../../src/registry/read-image.ts';
import { type BuildWorld, startBuildWorld } from './build-world.ts';
import type { Files } from './git-server.ts';
import { type BuildpackImages, prepareBuildpackImages } from './lifecycle/buildpack-images.ts';

/** Builds by buildpacks on this machine. */
export interface BuildpackWorld extends BuildWorld {
  readonly images: BuildpackImages;
  /** A plane with these changes. */
  buildpacksPlane(
    changes?: Partial<LocalPlaneOptions>,
    lifecycleImage?: string,
    buildpacks?: Partial<LocalBuildpacks>,
  ): BuildPlane;
  /** A request to build these files as a repository of its own. */
  requestForApp(files: Files, plan?: Partial<BuildpacksPlan>, changes?: Partial<BuildRequest>): Promise<BuildRequest>;
  /** What a phase of a build has printed. */
  phaseLog(request: BuildRequest, phase: string): Promise<string>;
}

/** Starts a registry with builder, run and lifecycle image beside two git servers. */
export async function startBuildpackWorld(): Promise<BuildpackWorld> {
  const world = await startBuildWorld();
  const images = await prepareBuildpackImages(world.registry.host);
  const detectMachine = createDetectPhaseMachine(world.folder, process.env);
  return {
    ...world,
    images,
    buildpacksPlane: (changes = {}, lifecycleImage = images.lifecycle, other = {}) => {
      const { registryAuth = async () => undefined, registryHttpHosts: httpHosts = [world.registry.host] } = changes;
      const readImage = createReadImage({ httpHosts, registryAuth });
      const buildpacks = { lifecycleImage, readImage, detectMachine, pullAuth: registryAuth, ...other };
      return world.planeWith({ buildpacks, ...changes });
    },
    requestForApp: (files, plan = {}, changes = {}) =>
      world.requestFor(files, {
        plan: { kind: 'buildpacks', app: '.', builderImage: images.builder, env: [], files: null, group: [], ...plan },
        layerCache: { name: 'slipway-cache-buildpacks', read: true, write: true },
        ...changes,
      }),
    phaseLog: async (request, phase) => {
      const [, log = ''] = (await world.logOf(request)).split(`=== ${phase} ===\n`);
      return log.split(/^=== /m)[0] ?? '';
    },
  };
}
