import { type Phase, phases } from '../../../builds/buildpacks/phases.ts';

/** The phase that makes the image. */
export const lastPhase: Phase = 'export';

/** The phase that a container of this pod is; undefined for our own programs, of which one is also called `build`. */
export function phaseOf(container: string, containers: readonly { readonly name: string }[]): Phase | undefined {
  const isByPhases = containers.some(({ name }) => name === lastPhase);
  return isByPhases ? phases.find((phase) => phase === container) : undefined;
}
