/** Makes the builder image on a bare Debian machine, without pulling: `node deploy/builder/build.ts [--output FOLDER]`. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { defaultCacheFolder } from '../../src/embedded/folders.ts';
import { withLock } from '../../src/embedded/lock.ts';
import { type TarEntry, writeTar } from '../../src/embedded/samples/tar.ts';
import { digestOf, writeOciLayout } from './oci-layout.ts';
import { stepPrograms } from './programs.ts';
import { imageDate, rootLayer } from './root-layer.ts';

/** Where the image was left, an OCI layout, and what it is. */
export interface BuilderImage {
  readonly folder: string;
  readonly digest: string;
  /** Bytes as a registry stores them. */
  readonly size: number;
}

export interface BuilderImageOptions {
  /** Becomes an OCI layout; what was there goes. */
  readonly output: string;
  /** Debian with the tools, and BuildKit, are kept here, so that only our programs are packed anew. */
  readonly cacheFolder: string;
  onProgress(text: string): void;
}

const config = {
  User: '1000:1000',
  Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  WorkingDir: '/work',
  Cmd: ['node', '/opt/slipway/job-step.js'],
};

/** Builds the image; the same inputs give the same digest. */
export async function buildBuilderImage({
  output,
  cacheFolder,
  onProgress,
}: BuilderImageOptions): Promise<BuilderImage> {
  const lock = join(cacheFolder, 'tools', 'builder.lock');
  const onWait = ({ pid }: { pid: number }) => onProgress(`waiting for process ${pid}, which makes the same image`);
  const root = await withLock(lock, onWait, () => rootLayer(cacheFolder, onProgress));
  const archive = writeTar(programEntries(await stepPrograms()));
  const programs = { content: gzipSync(archive, { level: 9 }), diffId: digestOf(archive) };
  const { digest } = await writeOciLayout(output, { layers: [root, programs], config, created: imageDate });
  return { folder: output, digest, size: await sizeOf(output, digest) };
}

function programEntries(files: ReadonlyMap<string, string>): readonly TarEntry[] {
  const paths = [...files.keys()].map((name) => `opt/slipway/${name}`);
  const parents = (path: string): string[] => path.split('/').map((_part, at, parts) => parts.slice(0, at).join('/'));
  const folders = [...new Set(paths.flatMap(parents))].filter((path) => path !== '').toSorted();
  return [
    ...folders.map((path): TarEntry => ({ kind: 'folder', path, mode: 0o755 })),
    { kind: 'folder', path: 'work', mode: 0o777 },
    ...[...files]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([name, text]): TarEntry => ({
          kind: 'file',
          path: `opt/slipway/${name}`,
          mode: 0o644,
          content: Buffer.from(text),
        }),
      ),
  ];
}

const Manifest = z.object({ layers: z.array(z.object({ size: z.int() })) });

async function sizeOf(folder: string, digest: string): Promise<number> {
  const text = await readFile(join(folder, 'blobs', digest.replace(':', '/')), 'utf8');
  return Manifest.parse(JSON.parse(text)).layers.reduce((sum, { size }) => sum + size, 0);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { output: { type: 'string', default: 'dist/builder-image' } } });
  const onProgress = (text: string): void => void process.stderr.write(`${text}\n`);
  const cacheFolder = defaultCacheFolder(process.env);
  const { folder, digest, size } = await buildBuilderImage({ output: resolve(values.output), cacheFolder, onProgress });
  process.stdout.write(`${folder}\n${digest}\n${(size / 2 ** 20).toFixed(1)} MiB compressed\n`);
}
