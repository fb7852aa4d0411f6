import type { z } from 'zod';
import { Failure } from '../../../failures.ts';
import type { BuildRequest } from '../../build-plane.ts';
import { type BuildpacksOptions, ChosenPhases, choosePhases } from '../../buildpacks/choose-phases.ts';
import type { LocalPlaneOptions } from '../local-plane.ts';
import { mountedAt } from './phase-folders.ts';
import { type DetectedPhaseMachine, PhaseMachine } from './phase-machine.ts';

/** The phases of a local build, and how the machine runs them. */
export const LocalPhases = ChosenPhases.extend({ machine: PhaseMachine });
export type LocalPhases = Readonly<z.infer<typeof LocalPhases>>;

/** What the local plane is told about builds by buildpacks. */
export interface LocalBuildpacks extends BuildpacksOptions {
  /** How this machine runs phases; called for each build. */
  detectMachine(): Promise<DetectedPhaseMachine>;
  /** Text of a docker `config.json` with which images of phases are pulled, or undefined; called once a build. */
  pullAuth(namespace: string): Promise<string | undefined>;
}

/** Undefined for other kinds of builds. Throws `BuildInfrastructure` where the machine cannot run phases, and what `choosePhases` throws. */
export async function chooseLocalPhases(
  request: BuildRequest,
  options: LocalPlaneOptions,
  signal: AbortSignal,
): Promise<LocalPhases | undefined> {
  const { buildpacks } = options;
  if (request.plan.kind !== 'buildpacks') return undefined;
  const detected = await buildpacks.detectMachine();
  if (detected.kind === 'none') {
    const text = `Builds by buildpacks do not run on this machine: ${detected.problem}. To have them, ${detected.fix}.`;
    throw new Failure('BuildInfrastructure', text);
  }
  const surroundings = {
    ...buildpacks,
    registryHttpHosts: options.registryHttpHosts,
    registryMirrors: options.registryMirrors ?? {},
    addresses: new Map<string, string>(),
    report: mountedAt.report,
  };
  return { ...(await choosePhases(request, request.plan, surroundings, signal)), machine: detected.machine };
}
