import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { commandOutput } from '../run-command.ts';
import { type TarEntry, writeTar } from './tar.ts';

export interface BaseImageOptions {
  /** `host:port`, spoken to by plain http. */
  readonly registry: string;
  /** A static busybox. */
  readonly busybox: string;
  readonly environment: NodeJS.ProcessEnv;
}

const repository = 'base/busybox';
const tag = '1';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** Makes sure that the registry holds the samples' base image and returns its reference; says whether it had to be made. Safe to repeat. */
export async function ensureBaseImage(
  options: BaseImageOptions,
): Promise<{ readonly image: string; readonly made: boolean }> {
  const address = `http://${options.registry}/v2/${repository}`;
  const image = `${options.registry}/${repository}:${tag}`;
  const present = await fetch(`${address}/manifests/${tag}`, { method: 'HEAD', headers: { accept: manifestType } });
  if (present.ok) return { image, made: false };

  const tar = writeTar(await busyboxFiles(options));
  const layer = gzipSync(tar);
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['sh'] },
      rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
    }),
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(config), size: config.length },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digestOf(layer), size: layer.length }],
  };
  await Promise.all([uploadBlob(address, layer), uploadBlob(address, config)]);
  await send(`${address}/manifests/${tag}`, 'PUT', JSON.stringify(manifest), manifestType);
  return { image, made: true };
}

/** The files of a small system: one program under the names of all its applets, and the few files that services expect. */
export async function busyboxFiles({
  busybox,
  environment,
}: Pick<BaseImageOptions, 'busybox' | 'environment'>): Promise<readonly TarEntry[]> {
  const list = await commandOutput(busybox, ['--list'], { environment });
  const applets = list.split('\n').filter((name) => name !== '' && name !== 'busybox');
  return [
    ...['bin', 'etc', 'srv', 'usr', 'var'].map((path): TarEntry => ({ kind: 'folder', path, mode: 0o755 })),
    { kind: 'folder', path: 'tmp', mode: 0o1777 },
    { kind: 'file', path: 'bin/busybox', mode: 0o755, content: await readFile(busybox) },
    ...applets.map((name): TarEntry => ({ kind: 'link', path: `bin/${name}`, target: 'busybox' })),
    { kind: 'link', path: 'usr/bin', target: '../bin' },
    { kind: 'file', path: 'etc/passwd', mode: 0o644, content: Buffer.from('root:x:0:0:root:/:/bin/sh\n') },
    { kind: 'file', path: 'etc/group', mode: 0o644, content: Buffer.from('root:x:0:\n') },
  ];
}

async function uploadBlob(address: string, bytes: Uint8Array): Promise<void> {
  const upload = await send(`${address}/blobs/uploads/`, 'POST', '', 'application/octet-stream');
  const place = new URL(upload.headers.get('location') ?? '', address);
  place.searchParams.set('digest', digestOf(bytes));
  await send(place.href, 'PUT', bytes, 'application/octet-stream');
}

async function send(url: string, method: string, body: string | Uint8Array, type: string): Promise<Response> {
  const response = await fetch(url, {
    method,
    body: new Uint8Array(Buffer.from(body)),
    headers: { 'content-type': type },
  });
  if (!response.ok) throw new Error(`the registry answered ${response.status} to ${method} ${new URL(url).pathname}`);
  return response;
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
