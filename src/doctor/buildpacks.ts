import type { DetectedPhaseMachine } from '../planes/local/phases/phase-machine.ts';
import type { Check } from './check.ts';

/** Do builds by buildpacks run on this machine? Other builds do not need what is missing. */
export function checkBuildpacks(detect: () => Promise<DetectedPhaseMachine>): Check {
  return {
    name: 'buildpacks',
    async run() {
      const detected = await detect();
      if (detected.kind === 'none')
        return { state: 'warn', text: `do not run on this machine: ${detected.problem}`, fix: detected.fix };
      const { runtime, storageDriver } = detected.machine;
      return { state: 'ok', text: `run in containers by buildah and ${runtime} (${storageDriver})` };
    },
  };
}
