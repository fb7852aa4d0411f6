import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { commandOutput } from '../../../src/embedded/run-command.ts';

/** An image that runs. */
export interface ServedImage {
  readonly url: string;
  /** Its files, unpacked. */
  readonly root: string;
  close(): Promise<void>;
}

const options = { environment: process.env };
const Json = (text: string): unknown => JSON.parse(text);
const Digest = z.object({ digest: z.string() });
const Index = z.object({ manifests: z.tuple([Digest]) });
const Manifest = z.object({ config: Digest, layers: z.array(Digest) });
const Config = z.object({ config: z.object({ User: z.string(), Cmd: z.array(z.string()) }) });

/**
 * Runs an image of a registry as its own user, or as that one, with a read-only root on which only /tmp is written. `mounts` are
 * files that lie over its own. Wants root.
 */
export async function serveImage(
  reference: string,
  port: number,
  {
    user,
    mounts = {},
  }: { readonly user?: string | undefined; readonly mounts?: Readonly<Record<string, string>> } = {},
): Promise<ServedImage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'served-'));
  const [layout, root] = [path.join(folder, 'layout'), path.join(folder, 'root')];
  await commandOutput(
    'skopeo',
    ['copy', '-q', '--src-tls-verify=false', `docker://${reference}`, `oci:${layout}`],
    options,
  );
  const blob = (digest: string) => path.join(layout, 'blobs', digest.replace(':', '/'));
  const read = async <T>(file: string, schema: z.ZodType<T>) => schema.parse(Json(await readFile(file, 'utf8')));
  const index = await read(path.join(layout, 'index.json'), Index);
  const manifest = await read(blob(index.manifests[0].digest), Manifest);
  const { config } = await read(blob(manifest.config.digest), Config);
  await mkdir(root);
  for (const { digest } of manifest.layers) await commandOutput('tar', ['-xzf', blob(digest), '-C', root], options);
  const log = await open(path.join(folder, 'log'), 'w', 0o666);
  await log.chmod(0o666);
  const binds = Object.entries(mounts).map(([target, source]) => [source, path.join(root, target)] as const);
  // A runtime also makes the file that something is mounted on.
  for (const [, target] of binds) await writeFile(target, '', { flag: 'a' });
  // Arguments and not text: the program is the same for every image.
  const program = `mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"; mount -t tmpfs -o mode=1777 tmpfs "$1/tmp"
mount --rbind /dev "$1/dev"; mount --rbind /proc "$1/proc"; root=$1; user=$2; n=$3; shift 3
while [ "$n" -gt 0 ]; do mount --bind "$1" "$2"; shift 2; n=$((n - 1)); done
exec chroot --userspec="$user:$user" "$root" "$@"`;
  const arguments_ = [root, user ?? config.User, String(binds.length), ...binds.flat(), ...config.Cmd];
  const child = spawn('unshare', ['--mount', 'sh', '-ec', program, 'sh', ...arguments_], {
    stdio: ['ignore', log.fd, log.fd],
  });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; ; attempt += 1) {
    if (
      await fetch(`${url}/healthz`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      break;
    if (attempt > 100 || child.exitCode !== null) throw new Error(await readFile(path.join(folder, 'log'), 'utf8'));
    await sleep(50);
  }
  return {
    url,
    root,
    close: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
      await log.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
