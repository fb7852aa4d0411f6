import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { commandOutput } from '../../src/embedded/run-command.ts';

const Inspected = z.object({ OCIv1: z.object({ config: z.object({ Entrypoint: z.array(z.string()) }) }) });

// Arguments and not text: the program is the same for every image.
const program = `port=$1; shift; ip link set lo up; "$@" >&2 &
for attempt in $(seq 100); do
  answer=$(busybox wget -q -O - "http://127.0.0.1:$port/" || true)
  [ -z "$answer" ] || { printf '%s\\n' "$answer"; exit; }
  sleep 0.1
done
exit 1`;

/** Runs an image of a registry with plain http as its own user without rights, in a network of its own, and gives what it answers on a port. Wants root. */
export async function askImage(reference: string, port: number): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'asked-'));
  const inNamespaces = ['--pid', '--fork', '--kill-child', '--mount-proc'];
  const store = ['buildah', '--root', `${folder}/root`, '--runroot', `${folder}/run`, '--storage-driver', 'vfs'];
  const options = { environment: process.env, timeoutMs: 60_000 };
  const buildah = (...args: readonly string[]): Promise<string> =>
    commandOutput('unshare', [...inNamespaces, ...store, ...args], options);
  try {
    await buildah('from', '--quiet', '--tls-verify=false', '--name=app', reference);
    const { config } = Inspected.parse(JSON.parse(await buildah('inspect', 'app'))).OCIv1;
    const run = ['run', '--isolation=chroot', '--cap-drop=all', 'app', '--'];
    const command = [...store, ...run, ...config.Entrypoint];
    return await commandOutput(
      'unshare',
      ['--net', ...inNamespaces, 'sh', '-ec', program, 'sh', String(port), ...command],
      options,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
