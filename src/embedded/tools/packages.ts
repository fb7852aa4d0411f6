import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../failures.ts';
import { withLock } from '../lock.ts';
import type { Progress } from '../progress.ts';
import { commandOutput, runCommand } from '../run-command.ts';
import { installDebianPackages } from './debian-packages.ts';
import { isStaticProgram } from './static-program.ts';
import { findOnPath, stopwatch, type Tool } from './tool.ts';

export interface PackageOptions {
  readonly cacheFolder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** `/etc/os-release`, or undefined where the system has none. */
  readonly osRelease: string | undefined;
  readonly isRoot: boolean;
}

/** What the world needs from the system: any of the programs, or the Debian packages that hold the first of them. */
interface Need {
  readonly name: PackagedTool;
  readonly purpose: string;
  readonly programs: readonly string[];
  readonly debian: readonly string[];
  accepts?(path: string, environment: NodeJS.ProcessEnv): Promise<boolean>;
}

export type PackagedTool = 'git' | 'builder' | 'skopeo' | 'registry' | 'busybox';

const needs: readonly Need[] = [
  { name: 'git', purpose: 'git', programs: ['git'], debian: ['git', 'ca-certificates'] },
  {
    name: 'builder',
    purpose: 'an image builder',
    programs: ['buildah', 'podman', 'docker'],
    // Without a runtime Buildah makes no container for buildpacks.
    debian: ['buildah', 'runc'],
    accepts: answers,
  },
  { name: 'skopeo', purpose: 'image copies', programs: ['skopeo'], debian: ['skopeo'] },
  { name: 'registry', purpose: 'an image registry', programs: ['docker-registry'], debian: ['docker-registry'] },
  {
    name: 'busybox',
    purpose: 'a base image made without network',
    programs: ['busybox'],
    debian: ['busybox-static'],
    accepts: isStaticProgram,
  },
];

const task = 'packages';

/**
 * Finds what the world needs from the system and, as root on Debian or Ubuntu, installs all that is missing in one call.
 * Elsewhere throws `Unavailable` with the list of what to install.
 */
export async function findOrInstallPackages(
  options: PackageOptions,
  progress: Progress,
): Promise<Readonly<Record<PackagedTool, Tool>>> {
  const seconds = stopwatch();
  const before = await findAll(options);
  const missing = needs.filter(({ name }) => before.get(name) === undefined);
  if (missing.length > 0) {
    if (!canInstall(options)) throw missingTools(missing, progress);
    const lock = join(options.cacheFolder, 'tools', 'packages.lock');
    const onWait = ({ pid }: { pid: number }) =>
      progress({ task, state: 'working', text: `waiting for process ${pid}, which installs packages right now` });
    await withLock(lock, onWait, () => installMissing(options, progress));
  }
  const after = await findAll(options);
  const tool = (name: PackagedTool): Tool => {
    const found = after.get(name);
    if (found === undefined)
      throw missingTools(
        needs.filter((need) => need.name === name),
        progress,
      );
    const from = before.has(name) ? 'PATH' : 'a package of the distribution';
    return { name, ...found, from, seconds: before.has(name) ? 0 : seconds() };
  };
  const tools = {
    git: tool('git'),
    builder: tool('builder'),
    skopeo: tool('skopeo'),
    registry: tool('registry'),
    busybox: tool('busybox'),
  };
  for (const { name, version, from, path, seconds } of Object.values(tools)) {
    progress({ task: name, state: 'done', text: `${version} from ${from} (${path}), ${seconds} s` });
  }
  return tools;
}

type Found = ReadonlyMap<PackagedTool, { readonly path: string; readonly version: string }>;

/** Where packages can be installed only the packaged programs count; elsewhere whatever of the alternatives works. */
async function findAll(options: PackageOptions): Promise<Found> {
  const alternatives = canInstall(options) ? 1 : Infinity;
  const found = await Promise.all(
    needs.map(async ({ name, programs, accepts }) => {
      for (const program of programs.slice(0, alternatives)) {
        const path = await findOnPath([program], options.environment);
        if (path === undefined || (accepts !== undefined && !(await accepts(path, options.environment)))) continue;
        return [[name, { path, version: await readVersion(path, options.environment) }] as const];
      }
      return [];
    }),
  );
  return new Map(found.flat());
}

async function installMissing(options: PackageOptions, progress: Progress): Promise<void> {
  const found = await findAll(options);
  const packages = needs.filter(({ name }) => !found.has(name)).flatMap(({ debian }) => debian);
  if (packages.length === 0) return;
  await installDebianPackages(packages, options.environment, (text) => progress({ task, state: 'working', text }));
  progress({ task, state: 'done', text: `installed ${packages.join(' ')}` });
}

function missingTools(missing: readonly Need[], progress: Progress): Failure {
  progress({ task, state: 'failed', text: `missing: ${missing.map(({ purpose }) => purpose).join(', ')}` });
  const lines = missing.map(
    ({ purpose, programs, debian }) =>
      `- ${purpose}: ${programs.join(' or ')} (on Debian and Ubuntu: ${debian.join(' ')})`,
  );
  return new Failure(
    'Unavailable',
    [
      'These programs are missing on this machine:',
      ...lines,
      'Install them so that they are on PATH, or run this as root on Debian or Ubuntu, where it installs them itself.',
    ].join('\n'),
  );
}

function canInstall({ isRoot, osRelease }: PackageOptions): boolean {
  return isRoot && /^(ID|ID_LIKE)=.*\b(debian|ubuntu)\b/m.test(osRelease ?? '');
}

/** Docker's and Podman's clients may be there without anything that answers them. */
async function answers(path: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  if (path.endsWith('/buildah')) return true;
  const { code } = await runCommand(path, ['info'], { environment, timeoutMs: 10_000 });
  return code === 0;
}

/** busybox has no `--version`: it answers every call without an applet with a headline. */
async function readVersion(path: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const args = path.endsWith('busybox') ? ['--help'] : ['--version'];
  const said = await commandOutput(path, args, { environment, timeoutMs: 10_000 }).catch(() => '');
  return /\d+\.\d+[\w.+~]*/.exec(said)?.[0] ?? 'unknown version';
}

/** The text of `/etc/os-release`, or undefined where the system has none. */
export async function readOsRelease(): Promise<string | undefined> {
  return readFile('/etc/os-release', 'utf8').catch(() => undefined);
}
