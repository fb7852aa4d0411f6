import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A layer of an image, compressed by gzip. */
export interface Layer {
  /** `sha256:…` of the archive before it was compressed. */
  readonly diffId: string;
  /** The compressed bytes, or the file that holds them. */
  readonly content: string | Uint8Array;
}

export interface ImageContent {
  /** The lowest first. */
  readonly layers: readonly Layer[];
  /** The `config` of the image: user, environment and the like. */
  readonly config: object;
  /** Seconds since 1970. */
  readonly created: number;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const type = (name: string): string => `application/vnd.oci.image.${name}`;

/** Writes an OCI layout with one image into a folder, which it replaces; equal content gives equal digests. */
export async function writeOciLayout(folder: string, { layers, config, created }: ImageContent): Promise<Descriptor> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'blobs/sha256'), { recursive: true });
  const written: Descriptor[] = [];
  for (const { content } of layers) {
    const bytes = typeof content === 'string' ? await readFile(content) : content;
    written.push(await writeBlob(folder, type('layer.v1.tar+gzip'), bytes));
  }
  const image = {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    created: new Date(created * 1000).toISOString(),
    config,
    // One entry a layer: a builder on top of an image without a history makes one up, each time another.
    history: layers.map(() => ({ created: new Date(created * 1000).toISOString(), created_by: 'slipway' })),
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  };
  const manifest = await writeJson(folder, type('manifest.v1+json'), {
    schemaVersion: 2,
    mediaType: type('manifest.v1+json'),
    config: await writeJson(folder, type('config.v1+json'), image),
    layers: written,
  });
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  return manifest;
}

async function writeJson(folder: string, mediaType: string, value: object): Promise<Descriptor> {
  return writeBlob(folder, mediaType, Buffer.from(JSON.stringify(value)));
}

async function writeBlob(folder: string, mediaType: string, bytes: Uint8Array): Promise<Descriptor> {
  const digest = digestOf(bytes);
  await writeFile(join(folder, 'blobs', digest.replace(':', '/')), bytes);
  return { mediaType, digest, size: bytes.length };
}

/** `sha256:` and 64 hex. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
