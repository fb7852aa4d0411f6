import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ImageDigest } from '../../builds/build-end.ts';

const Index = z.object({ manifests: z.tuple([z.object({ digest: ImageDigest })]) });

// A layout was left by a build that may be hostile: a link in it might lead to a credential of the step that reads it.
const noLinks = { flag: constants.O_RDONLY | constants.O_NOFOLLOW };

/** The digest of the one manifest in an OCI layout. */
export async function layoutDigest(layout: string): Promise<string> {
  const index = await readFile(path.join(layout, 'index.json'), noLinks);
  return Index.parse(JSON.parse(index.toString('utf8'))).manifests[0].digest;
}

/** The text of the one manifest in an OCI layout. Throws where it is not what its digest says. */
export async function layoutManifest(layout: string): Promise<string> {
  const digest = await layoutDigest(layout);
  const bytes = await readFile(path.join(layout, 'blobs', digest.replace(':', '/')), noLinks);
  if (digestOf(bytes) !== digest) throw new Error(`the content of ${digest} has another digest`);
  return bytes.toString('utf8');
}

/** `sha256:` and 64 hex. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
