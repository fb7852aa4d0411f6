import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** Makes a small image with a shell from this machine's static busybox, pushes it to a registry by plain http, and says its reference. */
export async function pushBaseImage(host: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'base-image-'));
  const reference = `${host}/base:1`;
  const env = { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder };
  const store = ['--root', path.join(folder, 'root'), '--runroot', path.join(folder, 'run'), '--storage-driver', 'vfs'];
  const buildah = (...args: readonly string[]) => promisify(execFile)('buildah', [...store, ...args], { env });
  try {
    await copyFile('/bin/busybox', path.join(folder, 'busybox'));
    await writeFile(
      path.join(folder, 'Dockerfile'),
      'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\n',
    );
    await writeFile(path.join(folder, '.dockerignore'), 'root\nrun\n');
    await buildah('bud', '--isolation=chroot', '--layers=false', '--tag', reference, folder);
    await buildah('push', '--tls-verify=false', reference, `docker://${reference}`);
    return reference;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
