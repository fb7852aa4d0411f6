import type { BuildPlan } from '../../src/builds/build-plan.ts';
import type { BuildOutcome, BuildRequest } from '../../src/planes/build-plane.ts';
import { jobName } from '../../src/planes/kubernetes/job-names.ts';
import type { KubernetesPlane, KubernetesPlaneOptions } from '../../src/planes/kubernetes/kubernetes-plane.ts';
import { createReadImage } from '../../src/registry/read-image.ts';
import { patience } from './build-world.ts';
import type { Cluster } from './cluster/cluster.ts';
import { type ClusterBuilds, prepareBuilds } from './cluster-builds.ts';
import type { Files } from './git-server.ts';
import { type BuildpackImages, prepareBuildpackImages } from './lifecycle/buildpack-images.ts';

export type BuildpacksPlan = Extract<BuildPlan, { kind: 'buildpacks' }>;

/** Builds by buildpacks in a namespace that takes only pods without rights. */
export interface BuildpackBuilds extends ClusterBuilds {
  readonly images: BuildpackImages;
  buildpacksPlane(changes?: Partial<KubernetesPlaneOptions>, lifecycleImage?: string): KubernetesPlane;
  /** A request to build these files as a repository of its own. */
  requestForApp(files: Files, plan?: Partial<BuildpacksPlan>, changes?: Partial<BuildRequest>): Promise<BuildRequest>;
  /** Names of the containers of a build, in their order. */
  containersOf(request: BuildRequest): Promise<readonly string[]>;
  /** What one container of a build has printed. */
  logOf(request: BuildRequest, container: string): Promise<string>;
  /** Builds with a plane that nothing is special about. */
  buildApp(request: BuildRequest): Promise<BuildOutcome>;
}

/** Prepares all of it, until the end of the test file. */
export async function prepareBuildpackBuilds(cluster: Cluster): Promise<BuildpackBuilds> {
  const builds = await prepareBuilds(cluster, { 'pod-security.kubernetes.io/enforce': 'restricted' });
  const images = await prepareBuildpackImages(cluster.registry);
  const buildpacksPlane: BuildpackBuilds['buildpacksPlane'] = (changes = {}, lifecycleImage = images.lifecycle) => {
    const { registryAuth = async () => undefined, registryHttpHosts: httpHosts = [cluster.registry] } = changes;
    const readImage = createReadImage({ httpHosts, registryAuth });
    return builds.planeWith({ buildpacks: { lifecycleImage, readImage }, ...changes });
  };
  return {
    ...builds,
    images,
    buildpacksPlane,
    requestForApp: (files, plan = {}, changes = {}) =>
      builds.requestFor(files, {
        plan: { kind: 'buildpacks', app: '.', builderImage: images.builder, env: [], files: null, group: [], ...plan },
        layerCache: { name: 'slipway-cache-buildpacks', read: true, write: true },
        ...changes,
      }),
    containersOf: async ({ id }) => {
      const paths = ['initContainers', 'containers'].map((kind) => `{.spec.template.spec.${kind}[*].name}`);
      const names = await builds.kubectl('get', 'job', jobName(id), `--output=jsonpath=${paths.join(' ')}`);
      return names.split(' ');
    },
    logOf: ({ id }, container) => builds.kubectl('logs', `job/${jobName(id)}`, '--container', container),
    buildApp: (request) => buildpacksPlane().build(request, patience()),
  };
}
