import { spawn } from 'node:child_process';
import { type Command, type EngineName, engineNames } from '../../builds/engine-commands.ts';

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
    const results = await Promise.all(checks[engine].map((command) => runCheck(command, environment)));
    const failed = results.find((result) => !result.works);
    if (failed === undefined) return { kind: 'found', engine, version: results[0]?.text ?? '' };
    tried.push({ engine, problem: failed.text });
  }
  return { kind: 'none', tried };
}

function runCheck([program, ...args]: Command, env: NodeJS.ProcessEnv): Promise<{ works: boolean; text: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 10_000 });
    let output = '';
    const collect = (text: Buffer): void => {
      output = (output + text.toString('utf8')).slice(0, 2000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', () => resolve({ works: false, text: `${program} is not installed` }));
    child.on('close', (code) => {
      const line = output.trim().split('\n')[0] ?? '';
      resolve(
        code === 0
          ? { works: true, text: line }
          : { works: false, text: `${program} ${args[0]}: ${line || `exit code ${code}`}` },
      );
    });
  });
}
