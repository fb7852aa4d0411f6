import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Manifest } from './registry.ts';

const imageManifest = 'application/vnd.oci.image.manifest.v1+json';
const recordType = 'application/vnd.slipway.build-record.v1+json';
const emptyType = 'application/vnd.oci.empty.v1+json';

/** Manifests that we can take: single images and lists of them, of OCI and of Docker. */
export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  imageManifest,
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

/** The blob `{}` that an artifact without content refers to. */
export const emptyBlob = describeBlob(Buffer.from('{}'));

const RecordManifest = z.object({
  artifactType: z.literal(recordType),
  annotations: z.record(z.string(), z.string()).default({}),
});

/** An OCI 1.1 artifact whose annotations are all it holds; equal annotations give equal bytes. */
export function recordManifest(annotations: Readonly<Record<string, string>>): Omit<Manifest, 'digest'> {
  const empty = { mediaType: emptyType, digest: emptyBlob.digest, size: emptyBlob.bytes.byteLength };
  const sorted = Object.fromEntries(Object.entries(annotations).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const content = {
    schemaVersion: 2,
    mediaType: imageManifest,
    artifactType: recordType,
    config: empty,
    layers: [empty],
    annotations: sorted,
  };
  return { mediaType: imageManifest, bytes: Buffer.from(JSON.stringify(content)) };
}

/** The annotations of a record; undefined for any other manifest. */
export function readRecord({ bytes }: Manifest): Readonly<Record<string, string>> | undefined {
  try {
    return RecordManifest.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8'))).data?.annotations;
  } catch {
    return undefined;
  }
}

function describeBlob(bytes: Buffer): { readonly bytes: Uint8Array; readonly digest: string } {
  return { bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}
