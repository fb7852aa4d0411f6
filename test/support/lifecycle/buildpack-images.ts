import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { digestOf, type Layer, writeOciLayout } from '../../../deploy/builder/oci-layout.ts';
import { defaultCacheFolder } from '../../../src/embedded/folders.ts';
import { busyboxFiles } from '../../../src/embedded/samples/base-image.ts';
import { type TarEntry, writeTar } from '../../../src/embedded/samples/tar.ts';
import { findOnPath } from '../../../src/embedded/tools/tool.ts';
import { pushImage } from '../cluster/images.ts';
import { lifecycleProgram } from './lifecycle-program.ts';

/** References by digest, in the registry that they were made for. */
export interface BuildpackImages {
  /** For the parameter `builder-image`. */
  readonly builder: string;
  /** For `SLIPWAY_LIFECYCLE_IMAGE`. */
  readonly lifecycle: string;
  /** True for images that somebody named: then nothing is known of their buildpacks. */
  readonly given: boolean;
}

interface ImageChanges {
  /** What the builder says applications run on, in place of the run image that is made. */
  readonly runImage?: string;
  /** Platform APIs that the builder names. */
  readonly platformApis?: readonly string[];
}

/** Not the user of our own images, as real builders have others too. */
const user = { id: 1001, group: 1002 };
const userConfig = { User: `${user.id}:${user.group}` };
const searchPath = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin';
const phases = ['analyzer', 'detector', 'restorer', 'builder', 'exporter'];
const environment = process.env;

/**
 * Makes a builder, its run image and a lifecycle image with the stand-in of this folder, and pushes them to a registry (`host:port`,
 * plain http). `SLIPWAY_TEST_BUILDER` and `SLIPWAY_TEST_LIFECYCLE`, both set, name real ones to test with instead.
 */
export async function prepareBuildpackImages(host: string, changes: ImageChanges = {}): Promise<BuildpackImages> {
  const { SLIPWAY_TEST_BUILDER: builder, SLIPWAY_TEST_LIFECYCLE: lifecycle } = environment;
  if (builder && lifecycle && Object.keys(changes).length === 0) return { builder, lifecycle, given: true };
  const base = layerOf(await systemFiles());
  const program = layerOf(await phaseFiles());
  const buildpacks = layerOf(await buildpackFiles());
  const runImage = changes.runImage ?? (await push(host, 'cnb/run', [base], { ...userConfig, Env: [searchPath] }));
  const apis = { platform: { deprecated: [], supported: changes.platformApis ?? ['0.12', '0.13', '0.14'] } };
  const metadata = {
    images: [{ image: runImage }],
    stack: { runImage: { image: runImage } },
    buildpacks: ['inline', 'shell', 'awk'].map((name) => ({ id: `example/${name}`, version: '1.0.0' })),
    lifecycle: { version: '0.0.0-stand-in', apis },
  };
  return {
    builder: await push(host, 'cnb/builder', [base, program, buildpacks], {
      ...userConfig,
      Env: [searchPath, `CNB_USER_ID=${user.id}`, `CNB_GROUP_ID=${user.group}`],
      Labels: { 'io.buildpacks.builder.metadata': JSON.stringify(metadata) },
    }),
    lifecycle: await push(host, 'cnb/lifecycle', [program], {
      Labels: { 'io.buildpacks.lifecycle.apis': JSON.stringify({ platform: { supported: ['0.12', '0.13', '0.14'] } }) },
    }),
    given: false,
  };
}

async function push(host: string, name: string, layers: readonly Layer[], config: object): Promise<string> {
  const layout = await mkdtemp(join(tmpdir(), 'buildpack-image-'));
  try {
    await writeOciLayout(layout, { layers, config, created: 0 });
    return `${host}/${name}@${await pushImage({ layout }, `${host}/${name}:1`)}`;
  } finally {
    await rm(layout, { recursive: true, force: true });
  }
}

function layerOf(entries: readonly TarEntry[]): Layer {
  const archive = writeTar(entries);
  return { content: gzipSync(archive, { level: 1 }), diffId: digestOf(archive) };
}

async function systemFiles(): Promise<readonly TarEntry[]> {
  const busybox = await findOnPath(['busybox'], environment);
  if (busybox === undefined) throw new Error('there is no busybox on PATH');
  return busyboxFiles({ busybox, environment });
}

async function phaseFiles(): Promise<readonly TarEntry[]> {
  const content = await readFile(await lifecycleProgram(defaultCacheFolder(environment)));
  return [
    ...['cnb', 'cnb/lifecycle'].map((path): TarEntry => ({ kind: 'folder', path, mode: 0o755 })),
    { kind: 'file', path: 'cnb/lifecycle/lifecycle', mode: 0o755, content },
    ...phases.map((name): TarEntry => ({ kind: 'link', path: `cnb/lifecycle/${name}`, target: 'lifecycle' })),
  ];
}

async function buildpackFiles(): Promise<readonly TarEntry[]> {
  const root = fileURLToPath(new URL('buildpacks', import.meta.url));
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const files = found.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  return Promise.all(
    files.toSorted().map(async (file): Promise<TarEntry> => {
      const [id = '', ...rest] = relative(root, file).split('/');
      const path = rest.length === 0 ? `cnb/${id}` : ['cnb/buildpacks', id, '1.0.0', ...rest].join('/');
      return { kind: 'file', path, mode: rest[0] === 'bin' ? 0o755 : 0o644, content: await readFile(file) };
    }),
  );
}
