import path from 'node:path';
import type { Command } from '../../builds/engine-commands.ts';
import type { StepRequest } from './step-request.ts';

/** What running a program says where it cannot be started: the exit code of none, as engines pass on any of the user's commands. */
export const notStarted = -1;

/** What each step of a build gets. */
export interface StepContext {
  /** The build's folder, in which the steps leave things for each other; absolute. */
  readonly folder: string;
  /** Folder for what a step's programs need. On a plane whose steps run as different users each has one of its own. */
  readonly scratch: string;
  readonly request: StepRequest;
  /** Runs a program in the build's folder, its output going to the log, with this environment and nothing else. */
  run(command: Command, environment: Readonly<Record<string, string>>): Promise<number>;
  /** What this step has printed so far, at most the last 64 KiB. */
  output(): Promise<string>;
  /** The variables that may be passed on from outside, such as PATH and the proxy. */
  readonly inherited: Readonly<Record<string, string>>;
}

/** Where the steps leave things for each other, below the build's folder. */
export function buildPaths(folder: string) {
  return {
    git: path.join(folder, 'source.git'),
    index: path.join(folder, 'index'),
    source: path.join(folder, 'source'),
    layout: path.join(folder, 'layout'),
    storedCache: path.join(folder, 'stored-cache'),
    newCache: path.join(folder, 'new-cache'),
    frontend: path.join(folder, 'frontend'),
  } as const;
}

/** What the programs of a step need, below its scratch folder. */
export function toolPaths(scratch: string) {
  return {
    storage: path.join(scratch, 'storage'),
    home: path.join(scratch, 'home'),
    tmp: path.join(scratch, 'tmp'),
    certificates: path.join(scratch, 'certificates'),
    registries: path.join(scratch, 'registries.conf'),
    noCredentials: path.join(scratch, 'no-credentials.json'),
    buildkitd: path.join(scratch, 'buildkitd.toml'),
  } as const;
}
