import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BuildPlan } from '../../../src/builds/build-plan.ts';
import { defaultCacheFolder } from '../../../src/embedded/folders.ts';
import type { BuildRequest } from '../../../src/planes/build-plane.ts';
import { type BuildWorld, startBuildWorld } from '../build-world.ts';
import { pushImage } from '../cluster/images.ts';
import type { Files, GitServer } from '../git-server.ts';
import { type NodeVersion, nginxImage, nodeImage } from './base-images.ts';
import { type NpmRegistry, startNpmRegistry } from './npm-registry.ts';

/** A build world whose registry has node 20 and nginx, and an npm registry. */
export interface FrontendWorld extends BuildWorld {
  readonly npm: NpmRegistry;
  /** Puts that version of Node into the registry, too, and says its image. */
  nodeImage(version: NodeVersion): Promise<string>;
  /** A request to build an app's files in that folder of their repository. */
  requestForApp(
    files: Files,
    changes?: Partial<ReactPlan>,
    request?: Partial<BuildRequest>,
    server?: GitServer,
  ): Promise<BuildRequest>;
  /** Files of test/fixtures/apps whose lock files name this npm registry. */
  appFiles(name: string): Promise<Readonly<Record<string, string>>>;
}

export type ReactPlan = Extract<BuildPlan, { kind: 'react' }>;

/** Starts all of it; base images and packages come from the cache folder. */
export async function startFrontendWorld(): Promise<FrontendWorld> {
  const cacheFolder = defaultCacheFolder(process.env);
  const tell = (text: string): void => void process.stderr.write(`${text}\n`);
  const layouts = { node: await nodeImage(cacheFolder, '20', tell), nginx: await nginxImage(cacheFolder, tell) };
  const [world, npm] = await Promise.all([startBuildWorld(), startNpmRegistry(cacheFolder)]);
  const { host } = world.registry;
  const push = async (layout: string, name: string, tag: string): Promise<string> =>
    `${host}/${name}@${await pushImage({ layout }, `${host}/${name}:${tag}`)}`;
  const images = {
    nodeImage: await push(layouts.node, 'node', '20'),
    nginxImage: await push(layouts.nginx, 'nginx', '1'),
  };
  return {
    ...world,
    npm,
    nodeImage: async (version) => push(await nodeImage(cacheFolder, version, tell), 'node', version),
    appFiles: (name) => readApp(name, npm.url),
    requestForApp: (files, changes = {}, request = {}, server = undefined) =>
      world.requestFor(
        files,
        {
          plan: { ...reactPlan({ ...images, npmRegistry: npm.url }), ...changes },
          timeoutSeconds: 300,
          ...request,
        },
        server,
      ),
    close: async () => {
      await Promise.all([world.close(), npm.close()]);
    },
  };
}

/** The build of an app at its repository's root, on Node 20. */
export function reactPlan(from: Pick<ReactPlan, 'nodeImage' | 'nginxImage' | 'npmRegistry'>): ReactPlan {
  return {
    kind: 'react',
    app: '.',
    nodeVersion: '20',
    buildCommand: 'npm run build',
    outputDir: 'build',
    port: 8080,
    ...from,
  };
}

/** The files of an app, whose lock files name the npm registry at that URL. */
export async function readApp(name: string, registry: string): Promise<Record<string, string>> {
  const folder = path.join('test/fixtures/apps', name);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const texts = files.map(async (file) => {
    const text = await readFile(file, 'utf8');
    return [path.relative(folder, file), text.replaceAll('http://npm.registry.test', registry)] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}
