import { Failure } from '../../failures.ts';
import type { JobPlace } from '../../runs/plan.ts';
import type { KubernetesPlane } from './kubernetes-plane.ts';

/** Several clusters as one plane: a build is in the one that its plan names, else in `usual`. */
export function namedPlanes(usual: KubernetesPlane, named: ReadonlyMap<string, KubernetesPlane>): KubernetesPlane {
  const planeOf = ({ plane: name }: JobPlace): KubernetesPlane => {
    const plane = name === undefined ? usual : named.get(name);
    if (plane !== undefined) return plane;
    const text = `This worker knows no build plane "${name}": give all workers the same SLIPWAY_BUILD_PLANES.`;
    throw new Failure('Unavailable', text);
  };
  return {
    build: async (request, options) => planeOf(request.job).build(request, options),
    cancel: async (id, place) => planeOf(place).cancel(id, place),
    async sweep(isWanted) {
      const swept = await Promise.allSettled([usual, ...named.values()].map((plane) => plane.sweep(isWanted)));
      // One that is away keeps nobody from the others.
      for (const one of swept) if (one.status === 'rejected') throw one.reason;
      return swept.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value : 0), 0);
    },
  };
}
