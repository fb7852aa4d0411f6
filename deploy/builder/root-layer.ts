import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { commandOutput } from '../../src/embedded/run-command.ts';
import { buildkitPrograms, buildkitVersion } from './buildkit.ts';
import { digestOf, type Layer } from './oci-layout.ts';
import { nodeProgram } from './programs.ts';

/** All files of the image bear at most this date, so that it is not the time of building that makes it differ. */
export const imageDate = 1_704_067_200;

const release = 'bookworm';
const here = fileURLToPath(new URL('.', import.meta.url));

/** Debian with the tools and Node, made by mmdebstrap unless `cacheFolder` has it. Wants root. */
export async function rootLayer(cacheFolder: string, onProgress: (text: string) => void): Promise<Layer> {
  const [packages = '', prepare = ''] = await Promise.all(
    ['packages.txt', 'prepare.sh'].map((name) => readFile(join(here, name), 'utf8')),
  );
  const inputs = JSON.stringify([release, packages, prepare, buildkitVersion, process.version, imageDate]);
  const name = `builder-root-${createHash('sha256').update(inputs).digest('hex').slice(0, 16)}`;
  const folder = join(cacheFolder, 'tools', name);
  const content = join(folder, 'root.tar.gz');
  const read = async (): Promise<Layer> => ({ content, diffId: await readFile(join(folder, 'diff-id'), 'utf8') });
  const kept = await read().catch(() => undefined);
  if (kept !== undefined) return kept;
  const buildkit = await buildkitPrograms(cacheFolder, onProgress);
  onProgress(`installing Debian ${release} with the tools`);
  const draft = await mkdtemp(`${folder}.`);
  try {
    const archive = await debootstrap(draft, packages, prepare, buildkit);
    await mkdir(join(draft, name));
    await writeFile(join(draft, name, 'diff-id'), digestOf(archive));
    await writeFile(join(draft, name, 'root.tar.gz'), await promisify(gzip)(archive, { level: 9 }));
    await rename(join(draft, name), folder);
    return await read();
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function debootstrap(draft: string, packages: string, prepare: string, buildkit: string): Promise<Buffer> {
  await writeFile(join(draft, 'prepare.sh'), prepare);
  await cp(buildkit, join(draft, 'bin'), { recursive: true });
  await copyFile(nodeProgram, join(draft, 'bin', 'node'));
  const left = ['doc', 'man', 'locale', 'info'].map((each) => `--dpkgopt=path-exclude=/usr/share/${each}/*`);
  const hooks = [
    'chroot "$1" sh -s < prepare.sh',
    'copy-in bin /usr/local',
    // The machine's own, which mmdebstrap copied to reach the packages.
    'rm -f "$1"/etc/resolv.conf "$1"/etc/hostname',
  ].map((hook) => `--customize-hook=${hook}`);
  const include = `--include=${packages.trim().split('\n').join(',')}`;
  const environment = { ...process.env, SOURCE_DATE_EPOCH: String(imageDate) };
  const arguments_ = ['--quiet', '--mode=root', '--variant=minbase', include, ...left, ...hooks, release, 'root.tar'];
  await commandOutput('mmdebstrap', arguments_, { environment, folder: draft });
  return readFile(join(draft, 'root.tar'));
}
