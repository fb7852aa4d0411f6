import { type Command, type EngineName, engineNames } from '../../builds/engine-commands.ts';
import { tryCommand } from './try-command.ts';

/** The first engine that works here, or for each what does not work. */
export type DetectedEngine =
  | { readonly kind: 'found'; readonly engine: EngineName; readonly version: string }
  | { readonly kind: 'none'; readonly tried: readonly { readonly engine: EngineName; readonly problem: string }[] };

const upload: Command = ['skopeo', '--version'];

/** What must succeed for an engine; the first command's output names the version. Uploading is skopeo's for each of them. */
const checks: Readonly<Record<EngineName, readonly Command[]>> = {
  buildah: [['buildah', '--version'], upload],
  podman: [['podman', '--version'], upload],
  buildkit: [
    ['buildctl', '--version'],
    ['buildkitd', '--version'],
    ['rootlesskit', '--version'],
    ['runc', '--version'],
    upload,
  ],
  // `--version` succeeds without a daemon.
  docker: [['docker', 'version', '--format', '{{.Server.Version}}'], upload],
};

/**
 * Looks for buildah, podman, rootless BuildKit and docker, in this order, by running them; with the address of a BuildKit
 * daemon for that one alone.
 */
export async function detectEngine(environment: NodeJS.ProcessEnv, buildkitd?: string): Promise<DetectedEngine> {
  const tried: { engine: EngineName; problem: string }[] = [];
  const candidates: Partial<typeof checks> =
    buildkitd === undefined ? checks : { buildkit: [['buildctl', `--addr=${buildkitd}`, 'debug', 'info'], upload] };
  for (const engine of engineNames) {
    const commands = candidates[engine];
    if (commands === undefined) continue;
    const results = await Promise.all(commands.map((command) => tryCommand(command, environment)));
    const failed = results.find((result) => !result.works);
    if (failed === undefined) return { kind: 'found', engine, version: results[0]?.text ?? '' };
    tried.push({ engine, problem: failed.text });
  }
  return { kind: 'none', tried };
}

/** What to do where none was found, for whoever looks after the worker's machine. */
export function builderFix(buildkitd: string | undefined): string {
  return buildkitd === undefined
    ? 'install buildah and skopeo, for example: apt-get install buildah skopeo'
    : `install buildctl and skopeo, and let a BuildKit daemon listen at ${buildkitd} (SLIPWAY_BUILDKIT)`;
}
