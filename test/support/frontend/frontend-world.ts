import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BuildPlan } from '../../../src/builds/build-plan.ts';
import { defaultCacheFolder } from '../../../src/embedded/folders.ts';
import type { BuildRequest } from '../../../src/planes/build-plane.ts';
import { type BuildWorld, startBuildWorld } from '../build-world.ts';
import { pushImage } from '../cluster/images.ts';
import type { Files, GitServer } from '../git-server.ts';
import { frontendImages } from './base-images.ts';
import { type NpmRegistry, startNpmRegistry } from './npm-registry.ts';

/** A build world whose registry has node and nginx, and an npm registry. */
export interface FrontendWorld extends BuildWorld {
  readonly npm: NpmRegistry;
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
  const images = await frontendImages(cacheFolder, (text) => void process.stderr.write(`${text}\n`));
  const [world, npm] = await Promise.all([startBuildWorld(), startNpmRegistry(cacheFolder)]);
  const { host } = world.registry;
  const [nodeDigest, nginxDigest] = [
    await pushImage({ layout: images.node }, `${host}/node:20`),
    await pushImage({ layout: images.nginx }, `${host}/nginx:1`),
  ];
  return {
    ...world,
    npm,
    appFiles: (name) => readApp(name, npm.url),
    requestForApp: (files, changes = {}, request = {}, server = undefined) =>
      world.requestFor(
        files,
        {
          plan: {
            kind: 'react',
            app: '.',
            nodeVersion: '20',
            buildCommand: 'npm run build',
            outputDir: 'build',
            nodeImage: `${host}/node@${nodeDigest}`,
            nginxImage: `${host}/nginx@${nginxDigest}`,
            npmRegistry: npm.url,
            port: 8080,
            ...changes,
          },
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
