import { copyFile, cp, lstat, mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BuildPlan } from '../../builds/build-plan.ts';
import type { ImageBuild } from '../../builds/engine-commands.ts';
import { exitCodes } from '../../builds/exit-codes.ts';
import { frontendDockerfile } from '../../builds/react/dockerfile.ts';
import { collectProgram, frontendIgnore, nginxConf } from '../../builds/react/frontend-files.ts';
import { isInstallFile } from '../../builds/react/install-files.ts';
import {
  choosePackageManager,
  isRead,
  lookedAt,
  type PackageManager,
  PackageManagerProblem,
  type SourceFolder,
} from '../../builds/react/package-manager.ts';
import { describeManager, toPackages } from '../../builds/react/packages.ts';
import { storeName } from '../../builds/react/store-name.ts';
import { insideSource } from './inside-source.ts';
import { keepDownloads } from './package-store.ts';
import { buildPaths, type StepContext } from './step-context.ts';

type FrontendPlan = Extract<BuildPlan, { kind: 'react' }>;

/** What an engine is given to build a frontend. */
export type FrontendInputs = Pick<ImageBuild, 'context' | 'dockerfile' | 'contexts' | 'arguments' | 'ignoreFile'>;

/**
 * Chooses the package manager of the application and writes Dockerfile and the context `slipway` below the build's folder. Says
 * the exit code where that is not possible; then the log says why.
 */
export async function frontendInputs(
  step: StepContext,
  plan: FrontendPlan,
  environment: Readonly<Record<string, string>>,
): Promise<FrontendInputs | number> {
  try {
    const inputs = await prepare(step, plan, environment);
    await keepDownloads(step);
    return inputs;
  } catch (error) {
    if (!(error instanceof PackageManagerProblem)) throw error;
    await step.run(['echo', `slipway: ${error.message}`], environment);
    return exitCodes.build.noPackageManager;
  }
}

async function prepare(
  { folder, request, run }: StepContext,
  plan: FrontendPlan,
  environment: Readonly<Record<string, string>>,
): Promise<FrontendInputs> {
  const source = await realpath(buildPaths(folder).source);
  const app = await insideSource(source, plan.app);
  if (!app?.isFolder) throw new PackageManagerProblem(`the folder ${plan.app} is not in the source.`);
  const manager = choosePackageManager(await foldersUp(source, app.path), Number(plan.nodeVersion));
  const root = path.join(source, manager.root);
  const { frontend } = buildPaths(folder);
  const slipway = path.join(frontend, 'slipway');
  await rm(frontend, { recursive: true, force: true });
  await mkdir(path.join(slipway, 'manifests'), { recursive: true });
  const installFiles = (await filesBelow(root)).filter((file) => isInstallFile(file));
  for (const file of installFiles) {
    const copy = path.join(slipway, 'manifests', file);
    await mkdir(path.dirname(copy), { recursive: true });
    await copyFile(path.join(root, file), copy);
  }
  const manifests = installFiles.filter((file) => path.basename(file) === 'package.json');
  const texts = await Promise.all(manifests.map((file) => readFile(path.join(root, file), 'utf8')));
  const dockerfile = path.join(frontend, 'Dockerfile');
  const files = {
    [dockerfile]: frontendDockerfile({
      packages: toPackages(manager, installFiles, texts),
      hasCertificates: request.caFile !== undefined,
      hasRegistry: plan.npmRegistry !== null,
      store: storeName(request),
    }),
    [`${dockerfile}.dockerignore`]: frontendIgnore,
    [path.join(slipway, 'build-command')]: `${plan.buildCommand}\n`,
    [path.join(slipway, 'output-dir')]: plan.outputDir,
    [path.join(slipway, 'collect')]: collectProgram,
    [path.join(slipway, 'nginx.conf')]: nginxConf(plan.port),
  };
  for (const [file, text] of Object.entries(files)) await writeFile(file, text);
  if (request.caFile !== undefined) await cp(request.caFile, path.join(slipway, 'ca.crt'));
  for (const line of told(manager)) await run(['echo', line], environment);
  await run(['cat', dockerfile], environment);
  return {
    context: root,
    dockerfile,
    contexts: { slipway },
    ignoreFile: `${dockerfile}.dockerignore`,
    arguments: {
      NODE_IMAGE: plan.nodeImage,
      NGINX_IMAGE: plan.nginxImage,
      APP_DIR: path.relative(root, app.path) || '.',
      ...(manager.install !== null && { PACKAGE_MANAGER: manager.install }),
      ...(plan.npmRegistry !== null && { NPM_REGISTRY: plan.npmRegistry }),
    },
  };
}

function told(manager: PackageManager): readonly string[] {
  return [
    `Packages are installed with ${describeManager(manager)}.`,
    ...manager.warnings.map((warning) => `Warning: ${warning}`),
  ];
}

/** The application's folder and those above it, up to the repository's, with what decides on the package manager. */
async function foldersUp(source: string, app: string): Promise<readonly SourceFolder[]> {
  const files = new Map<string, string>();
  for (const name of lookedAt) {
    const file = path.join(app, name);
    // Not through a link: it may lead to a file of this machine.
    if (await isRegular(file)) files.set(name, isRead(name) ? await readFile(file, 'utf8') : '');
  }
  const here: SourceFolder = { path: path.relative(source, app) || '.', files };
  return app === source ? [here] : [here, ...(await foldersUp(source, path.dirname(app)))];
}

async function isRegular(file: string): Promise<boolean> {
  return lstat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Paths of the regular files below a folder, without links, installed packages and history. */
async function filesBelow(root: string, folder = ''): Promise<readonly string[]> {
  const entries = await readdir(path.join(root, folder), { withFileTypes: true });
  const found = entries.map((entry): readonly string[] | Promise<readonly string[]> => {
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) {
      return entry.name === 'node_modules' || entry.name === '.git' ? [] : filesBelow(root, file);
    }
    return entry.isFile() ? [file] : [];
  });
  return (await Promise.all(found)).flat();
}
