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

/** Looks for buildah, podman, rootless BuildKit and docker, in this order, by running them. */
export async function detectEngine(environment: NodeJS.ProcessEnv): Promise<DetectedEngine> {
  const tried: { engine: EngineName; problem: string }[] = [];
  for (const engine of engineNames) {
    const results = await Promise.all(checks[engine].map((command) => tryCommand(command, environment)));
    const failed = results.find((result) => !result.works);
    if (failed === undefined) return { kind: 'found', engine, version: results[0]?.text ?? '' };
    tried.push({ engine, problem: failed.text });
  }
  return { kind: 'none', tried };
}
