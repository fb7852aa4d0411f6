import path from 'node:path';
import type { Command } from '../../../builds/engine-commands.ts';
import type { StepRequest } from '../step-request.ts';

/** What each step of a local build gets. */
export interface StepContext {
  /** The build's folder, absolute. */
  readonly folder: string;
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
    storage: path.join(folder, 'storage'),
    layout: path.join(folder, 'layout'),
    home: path.join(folder, 'home'),
    tmp: path.join(folder, 'tmp'),
    certificates: path.join(folder, 'certificates'),
    registries: path.join(folder, 'registries.conf'),
    noCredentials: path.join(folder, 'no-credentials.json'),
    buildkitd: path.join(folder, 'buildkitd.toml'),
    credentials: path.join(folder, 'credentials.json'),
  } as const;
}
