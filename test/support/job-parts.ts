import type { BuildRequest } from '../../src/planes/build-plane.ts';
import type { ChosenPhases } from '../../src/planes/buildpacks/choose-phases.ts';
import type { JobParts } from '../../src/planes/kubernetes/job-manifest.ts';
import { toStepRequest } from '../../src/planes/steps/step-request.ts';
import { usualJob } from './usual-job.ts';

/** A build that nothing is special about. */
export const usualRequest: BuildRequest = {
  id: { execution: '01970000-0000-7000-8000-000000000000', ordinal: 1 },
  owner: { workflowId: 'run/default/api-001', namespace: 'default', project: 'shop', component: 'api', run: 'api-001' },
  source: { repository: 'https://github.com/acme/api', commit: 'a'.repeat(40), namespace: 'default' },
  plan: { kind: 'docker', context: '.', dockerfile: 'Dockerfile' },
  job: usualJob,
  image: { registry: 'registry.example', name: 'shop/api', tag: 'v1' },
  timeoutSeconds: 1800,
  noCache: false,
  sourceDateEpoch: 1_790_000_000,
};

/** Phases that nothing is special about. */
export const usualPhases: ChosenPhases = {
  settings: {
    api: '0.13',
    image: 'registry.example/shop/api:slipway-buildpacks',
    runImage: 'h.example/run:1',
    cacheImage: 'registry.example/shop/api:slipway-cache-buildpacks',
    usesCache: true,
    userId: 1001,
    groupId: 1002,
    order: undefined,
    report: '/dev/termination-log',
    plainHttpRegistries: [],
  },
  builderImage: 'h.example/builder@sha256:b',
  lifecycleImage: 'h.example/lifecycle@sha256:l',
};

/** What its Job is made of. */
export function jobParts(changes: Partial<JobParts> = {}): JobParts {
  const { request = usualRequest } = changes;
  return {
    request,
    steps: toStepRequest(request, {
      engine: 'buildkit',
      storageDriver: 'overlay',
      sourceHttpHosts: [],
      allowFileSources: false,
      registryHttpHosts: [],
      registryMirrors: {},
    }),
    settings: {
      image: 'registry.example/builder@sha256:b',
      profile: 'buildkit',
      userNamespaces: false,
      ttlSeconds: 3600,
    },
    namespace: 'builds',
    secretName: 'slipway-secret-1',
    has: { sourceAuthorization: false, registryAuth: false, authorities: false },
    ...changes,
  };
}
