import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BuildEnd } from '../../builds/build-end.ts';
import { parseJson } from '../../builds/parse-json.ts';
import type { BuildId } from '../build-plane.ts';
import { readBootId, readProcess } from './process-group.ts';

/** The files of one local build. Those not named in `keptFiles` go when it has ended. */
export const buildFiles = {
  /** What to build (`StepRequest`), without secrets. */
  request: 'request.json',
  /** `<pid> <start time> <boot id>` of the group's leader. */
  pid: 'pid',
  /** The step that runs. */
  step: 'step',
  log: 'log',
  /** How it ended (`BuildEnd`). */
  result: 'result.json',
} as const;

/** Folder beside those of the builds, for downloaded packages and the images of buildpacks. */
export const storesFolder = 'package-stores';

/** What stays of a build that has ended, so that a later attempt finds its result and a person its log. */
export const keptFiles: ReadonlySet<string> = new Set(Object.values(buildFiles));

/** How a build's folder looks. `lost`: it was started and is gone without a result; `group` may still have members, if set. */
export type BuildState =
  | { readonly kind: 'new' }
  | { readonly kind: 'running'; readonly group: number }
  | { readonly kind: 'ended'; readonly end: BuildEnd; readonly leader: string }
  | { readonly kind: 'lost'; readonly group: number | undefined };

/** The folder of a build below the plane's folder; the same for the same id on every worker of the machine. */
export function buildFolder(root: string, { execution, ordinal }: BuildId): string {
  return path.join(root, createHash('sha256').update(`${execution} ${ordinal}`).digest('hex').slice(0, 24));
}

/** Looks at a build's folder, which may be missing. */
export async function readBuildState(folder: string): Promise<BuildState> {
  const leader = await readText(folder, buildFiles.pid);
  if (leader === undefined) return { kind: 'new' };
  const [pid = '', startTime = '', bootId = ''] = leader.split(' ');
  const running = await readProcess(Number(pid));
  const isSameBoot = bootId === (await readBootId());
  const isLeader = isSameBoot && running?.startTime === startTime;
  // Read after the look at the process: a build that ends in between must not seem lost.
  const end = parseEnd(await readText(folder, buildFiles.result));
  if (end !== undefined) return { kind: 'ended', end, leader };
  if (isLeader) return { kind: 'running', group: Number(pid) };
  // A group's number stays taken while it has members, so only another process under that number forbids to touch the group.
  return { kind: 'lost', group: isSameBoot && running === undefined ? Number(pid) : undefined };
}

/** Makes this process the leader of the folder's build; false when there is one, or the folder is gone. */
export async function claimBuild(folder: string): Promise<boolean> {
  const self = await readProcess(process.pid);
  const draft = path.join(folder, `${buildFiles.pid}.${process.pid}`);
  try {
    await writeFile(draft, `${process.pid} ${self?.startTime} ${await readBootId()}`);
    // A link is exclusive and its content whole, which a new file is not until it was written.
    await link(draft, path.join(folder, buildFiles.pid));
    return true;
  } catch {
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Writes a small file of the build so that readers see all of it or the one before. */
export async function writeWhole(folder: string, file: string, text: string): Promise<void> {
  const draft = path.join(folder, `${file}.${randomUUID()}`);
  await writeFile(draft, text, { mode: 0o600, flush: true });
  await rename(draft, path.join(folder, file));
}

/** The trimmed text of a file of the build, or undefined where there is none. */
export async function readText(folder: string, file: string): Promise<string | undefined> {
  return readFile(path.join(folder, file), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
}

/** A result that cannot be read, as after a power cut, is none: the build counts as lost. */
function parseEnd(text: string | undefined): BuildEnd | undefined {
  return BuildEnd.safeParse(parseJson(text ?? '')).data;
}
