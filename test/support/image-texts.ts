import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { commandOutput } from '../../src/embedded/run-command.ts';

/** All blobs of an image in a registry with plain http, layers as their archives: what somebody finds who looks into it. */
export async function imageTexts(reference: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'image-texts-'));
  try {
    const copy = ['copy', '--quiet', '--src-tls-verify=false', `docker://${reference}`, `dir:${folder}`];
    await commandOutput('skopeo', copy, { environment: process.env });
    const blobs = (await readdir(folder)).map((name) => readFile(join(folder, name)));
    const isZipped = (blob: Buffer) => blob[0] === 0x1f && blob[1] === 0x8b;
    const texts = (await Promise.all(blobs)).map((blob) =>
      (isZipped(blob) ? gunzipSync(blob) : blob).toString('latin1'),
    );
    return texts.join('\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
