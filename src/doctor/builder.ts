import { builderFix, type DetectedEngine } from '../planes/local/detect-engine.ts';
import type { Check } from './check.ts';

/** Is there an image builder that works on this machine, or at that address of a BuildKit daemon? */
export function checkBuilder(detect: () => Promise<DetectedEngine>, buildkitd: string | undefined): Check {
  return {
    name: 'image builder',
    async run() {
      const detected = await detect();
      if (detected.kind === 'found') return { state: 'ok', text: `${detected.engine} (${detected.version})` };
      const tried = detected.tried.map(({ engine, problem }) => `${engine}: ${problem}`).join('; ');
      return {
        state: 'fail',
        text: `none works here (${tried})`,
        fix: builderFix(buildkitd),
      };
    },
  };
}
