import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { commandOutput } from '../../../src/embedded/run-command.ts';
import { busyboxFiles } from '../../../src/embedded/samples/base-image.ts';
import { writeTar } from '../../../src/embedded/samples/tar.ts';
import { findOnPath } from '../../../src/embedded/tools/tool.ts';

/** What can be published: an OCI layout that holds one image, or the tar of a root file system with what the image runs. */
export type ImageSource =
  | { readonly layout: string }
  | { readonly rootfs: Uint8Array; readonly command: readonly string[]; readonly env?: readonly string[] };

const environment = { ...process.env };

/** Pushes an image by plain http to `host:port/name:tag` as it is and returns its digest. Safe to repeat. */
export async function pushImage(source: ImageSource, reference: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-image-'));
  try {
    const layout = 'layout' in source ? source.layout : await writeLayout(join(folder, 'layout'), source);
    const digestFile = join(folder, 'digest');
    const options = ['--quiet', '--preserve-digests', '--dest-tls-verify=false', '--digestfile', digestFile];
    await commandOutput('skopeo', ['copy', ...options, `oci:${layout}`, `docker://${reference}`], { environment });
    return (await readFile(digestFile, 'utf8')).trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An image of this machine's static busybox with all its applets. */
export async function busyboxImage(command: readonly string[]): Promise<ImageSource> {
  const busybox = await findOnPath(['busybox'], environment);
  if (busybox === undefined) throw new Error('there is no busybox on PATH');
  const rootfs = writeTar(await busyboxFiles({ busybox, environment }));
  return { rootfs, command, env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'] };
}

async function writeLayout(
  folder: string,
  { rootfs, command, env = [] }: Extract<ImageSource, { rootfs: unknown }>,
): Promise<string> {
  const blobs = join(folder, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const addBlob = async (mediaType: string, content: Uint8Array) => {
    const digest = hash(content);
    await writeFile(join(blobs, digest), content);
    return { mediaType: `application/vnd.oci.image.${mediaType}`, digest: `sha256:${digest}`, size: content.length };
  };
  const addJson = (mediaType: string, value: unknown) => addBlob(mediaType, Buffer.from(JSON.stringify(value)));
  const layer = await addBlob('layer.v1.tar+gzip', gzipSync(rootfs));
  const config = await addJson('config.v1+json', {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Env: env, Cmd: command },
    rootfs: { type: 'layers', diff_ids: [`sha256:${hash(rootfs)}`] },
  });
  const manifest = await addJson('manifest.v1+json', { schemaVersion: 2, config, layers: [layer] });
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  return folder;
}

function hash(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
