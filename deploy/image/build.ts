/** Makes Slipway's image on a bare Debian machine, without pulling: `node deploy/image/build.ts [--output FOLDER]`. */
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { defaultCacheFolder } from '../../src/embedded/folders.ts';
import { withLock } from '../../src/embedded/lock.ts';
import { commandOutput } from '../../src/embedded/run-command.ts';
import { programsFolder, writePrograms } from './programs.ts';

/** Where the image was left, an OCI layout, and what it is. */
export interface SlipwayImage {
  readonly folder: string;
  /** Bytes as a registry stores them. */
  readonly size: number;
}

const root = join(import.meta.dirname, '../..');
const environment = process.env;

/** Builds `deploy/Dockerfile` of the checkout by Buildah, on a Debian made by mmdebstrap that `cacheFolder` keeps. Wants root. */
export async function buildImage(output: string, cacheFolder: string): Promise<SlipwayImage> {
  await commandOutput(process.execPath, [join(root, 'deploy/build.ts')], { environment: withPrograms(environment) });
  await writePrograms();
  const debian = await withLock(
    join(cacheFolder, 'tools', 'image.lock'),
    () => undefined,
    () => debianRoot(cacheFolder),
  );
  const work = await mkdtemp(join(tmpdir(), 'slipway-image-'));
  const store = ['--root', join(work, 'root'), '--runroot', join(work, 'run'), '--storage-driver', 'vfs'];
  const build = async (name: string, context: string, ...options: readonly string[]) => {
    const usual = ['--isolation', 'chroot', '--layers=false', '--timestamp', '0', '--tag', `localhost/${name}`];
    await commandOutput('buildah', [...store, 'bud', ...usual, ...options, context], { environment });
  };
  const file = async (name: string, ...lines: readonly string[]) => {
    await writeFile(join(work, name), lines.join('\n'));
    return join(work, name);
  };
  try {
    await build('debian', dirname(debian), '--file', await file('debian', 'FROM scratch', 'ADD root.tar /'));
    const programs = await file('programs', 'FROM scratch', 'COPY . /src/dist/image');
    await build('programs', programsFolder, '--file', programs);
    const given = Object.entries({ DEBIAN_IMAGE: 'localhost/debian', PROGRAMS: 'localhost/programs' });
    const bases = given.flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
    const dockerfile = ['--file', join(root, 'deploy/Dockerfile'), '--target', 'slipway'];
    await build('slipway', root, ...dockerfile, ...bases);
    await rm(output, { recursive: true, force: true });
    await commandOutput('buildah', [...store, 'push', 'localhost/slipway', `oci:${output}`], { environment });
    return { folder: output, size: await sizeOf(output) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function withPrograms({ PATH, ...others }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...others, PATH: `${join(root, 'node_modules/.bin')}:${PATH}` };
}

/** Archive of Debian with what the Dockerfile would install, so that it need not. */
async function debianRoot(cacheFolder: string): Promise<string> {
  const text = await readFile(join(root, 'deploy/Dockerfile'), 'utf8');
  const packages = /prepare\.sh ((?:[a-z-]+ ?)+)/.exec(text)?.[1]?.trim().split(' ') ?? [];
  const prepare = join(root, 'deploy/image/prepare.sh');
  const inputs = JSON.stringify([packages, await readFile(prepare, 'utf8')]);
  const name = `image-root-${createHash('sha256').update(inputs).digest('hex').slice(0, 16)}`;
  const folder = join(cacheFolder, 'tools', name);
  const archive = join(folder, 'root.tar');
  if (
    await access(archive).then(
      () => true,
      () => false,
    )
  )
    return archive;
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}.`);
  const hooks = [
    // Here as well, because what a later layer takes away still counts.
    `chroot "$1" sh -s ${packages.join(' ')} < ${prepare}`,
    // The machine's own, which mmdebstrap copied to reach the packages.
    'rm -f "$1"/etc/resolv.conf "$1"/etc/hostname',
  ].map((hook) => `--customize-hook=${hook}`);
  const usual = ['--quiet', '--mode=root', '--variant=minbase', `--include=${packages.join(',')}`];
  await commandOutput('mmdebstrap', [...usual, ...hooks, 'bookworm', join(draft, 'root.tar')], { environment });
  await rename(draft, folder);
  return archive;
}

const Descriptor = z.object({ digest: z.string(), size: z.int() });
const Index = z.object({ manifests: z.tuple([Descriptor]) });
const Manifest = z.object({ layers: z.array(Descriptor) });

async function sizeOf(layout: string): Promise<number> {
  const read = async (path: string): Promise<unknown> => JSON.parse(await readFile(join(layout, path), 'utf8'));
  const [{ digest }] = Index.parse(await read('index.json')).manifests;
  const { layers } = Manifest.parse(await read(join('blobs', digest.replace(':', '/'))));
  return layers.reduce((sum, { size }) => sum + size, 0);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { output: { type: 'string', default: 'dist/slipway-image' } } });
  const { folder, size } = await buildImage(resolve(values.output), defaultCacheFolder(environment));
  process.stdout.write(`${folder}\n${(size / 2 ** 20).toFixed(1)} MiB compressed\n`);
}
