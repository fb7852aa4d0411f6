import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

const type = 'application/vnd.oci.image.manifest.v1+json';

/** Pushes one small image, the same each time, to a repository of a registry by plain http, and says its digest. */
export async function pushImage(registry: string, name: string): Promise<string> {
  const address = `http://${registry}/v2/${name}`;
  const layer = gzipSync(Buffer.alloc(1024)); // an empty archive
  const config = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers' } }));
  for (const blob of [layer, config]) {
    const upload = await send('POST', `${address}/blobs/uploads/`, '');
    const place = new URL(upload.headers.get('location') ?? '', address);
    place.searchParams.set('digest', digestOf(blob));
    await send('PUT', place.href, blob);
  }
  const descriptor = (mediaType: string, blob: Buffer) => ({ mediaType, digest: digestOf(blob), size: blob.length });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: type,
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: [descriptor('application/vnd.oci.image.layer.v1.tar+gzip', layer)],
  });
  const digest = digestOf(Buffer.from(manifest));
  await send('PUT', `${address}/manifests/${digest}`, manifest, type);
  return digest;
}

async function send(
  method: string,
  url: string,
  body: string | Buffer<ArrayBuffer>,
  contentType = 'application/octet-stream',
): Promise<Response> {
  const response = await fetch(url, { method, body, headers: { 'content-type': contentType } });
  if (!response.ok) throw new Error(`the registry answered ${response.status} to ${method} ${new URL(url).pathname}`);
  return response;
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
