import { mkdir, mkdtemp, realpath } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Command } from '../../../builds/engine-commands.ts';
import { pickEnvironment } from '../../steps/pick-environment.ts';
import { removeTree } from '../leftovers.ts';
import { tryCommand } from '../try-command.ts';
import { fromCommand, ofThisUser, runCommand } from './container-commands.ts';

/** How this machine runs phases in containers. */
export const PhaseMachine = z.object({
  runtime: z.enum(['crun', 'runc']),
  storageDriver: z.enum(['overlay', 'vfs']),
});
export type PhaseMachine = Readonly<z.infer<typeof PhaseMachine>>;

export type DetectedPhaseMachine =
  | { readonly kind: 'found'; readonly machine: PhaseMachine }
  | { readonly kind: 'none'; readonly problem: string; readonly fix: string };

const fix =
  'install buildah, util-linux and crun or runc, for example: apt-get install buildah runc; whoever is not root also needs uidmap and entries in /etc/subuid and /etc/subgid. Or let a cluster build (SLIPWAY_PLANE=kubernetes)';

/**
 * Finds out how phases run here by running a container, whose files are below `folder` meanwhile, on the file system of the builds. That takes
 * about a second, and is remembered where they run.
 */
export function createDetectPhaseMachine(
  folder: string,
  environment: NodeJS.ProcessEnv,
): () => Promise<DetectedPhaseMachine> {
  const env = pickEnvironment(environment);
  let found: PhaseMachine | undefined;
  return async () => {
    const detected = found === undefined ? await detect(folder, env) : { kind: 'found' as const, machine: found };
    if (detected.kind === 'found') found = detected.machine;
    return detected;
  };
}

async function detect(folder: string, env: Record<string, string>): Promise<DetectedPhaseMachine> {
  for (const needed of ['buildah', 'unshare', 'setpriv']) {
    const { works, text } = await tryCommand([needed, '--version'], env);
    if (!works) return { kind: 'none', problem: text, fix };
  }
  let problem = 'neither crun nor runc is installed';
  for (const runtime of PhaseMachine.shape.runtime.options) {
    if (!(await tryCommand([runtime, '--version'], env)).works) continue;
    for (const storageDriver of PhaseMachine.shape.storageDriver.options) {
      const machine = { runtime, storageDriver };
      const failed = await tryMachine(machine, folder, env);
      if (failed === undefined) return { kind: 'found', machine };
      problem = failed;
    }
  }
  return { kind: 'none', problem, fix };
}

/** What does not work when a container of this machine's own programs is run, or undefined. */
async function tryMachine(
  machine: PhaseMachine,
  folder: string,
  env: Record<string, string>,
): Promise<string | undefined> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const probe = await mkdtemp(path.join(folder, 'probe-'));
  try {
    const container = { name: 'probe', storage: probe, machine };
    const commands: readonly Command[] = [
      fromCommand({ ...container, image: 'scratch', images: undefined }),
      runCommand({ ...container, ...(await hostPrograms()), user: '1000:1000', environment: {} }),
    ];
    for (const command of commands) {
      const { works, text } = await tryCommand(ofThisUser(command), { ...env, HOME: probe, XDG_RUNTIME_DIR: probe });
      if (!works) return text;
    }
    return undefined;
  } finally {
    await removeTree(probe, env);
  }
}

async function hostPrograms() {
  const folders = ['/usr', '/bin', '/lib', '/lib64'];
  const found = await Promise.all(folders.map((each) => realpath(each).catch(() => undefined)));
  const mounts = folders.flatMap((at, index) => {
    const from = found[index];
    return from === undefined ? [] : [{ from, at, readOnly: true }];
  });
  return { mounts, command: ['/bin/true'] as const };
}
