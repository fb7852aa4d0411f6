import { access, chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { z } from 'zod';
import type { BuildEnd } from '../../builds/build-end.ts';
import { buildSteps } from '../../builds/exit-codes.ts';
import { layOutApplication } from '../steps/application.ts';
import { buildImage } from '../steps/build.ts';
import { cloneSource } from '../steps/clone.ts';
import { prepareEngine } from '../steps/engine-environment.ts';
import { restoreCache, storeCache } from '../steps/layer-cache.ts';
import { layoutDigest } from '../steps/layout.ts';
import { pushImage } from '../steps/push.ts';
import { buildPaths, type StepContext } from '../steps/step-context.ts';
import { stepHeading } from '../steps/step-heading.ts';
import type { StepRequest } from '../steps/step-request.ts';
import type { podPaths } from './pod-paths.ts';
import { createProgramRunner } from './program-runner.ts';

const stepNames = [...buildSteps, 'restore', 'application'] as const;

/** What one container is asked to do. `restore` never fails. */
export const StepNames = z.array(z.enum(stepNames)).min(1);
export type StepName = (typeof stepNames)[number];

/** One container of a build. */
export interface StepContainer {
  readonly paths: Readonly<Record<keyof typeof podPaths, string>>;
  readonly request: StepRequest;
  /** Environment that programs may see, such as PATH and the proxy. */
  readonly inherited: Readonly<Record<string, string>>;
  /** The container's log. */
  readonly output: Writable;
}

/** Does the steps up to the first that fails and says its exit code, or 0. After `push` the termination message is a `BuildEnd`. */
export async function runSteps(steps: readonly StepName[], container: StepContainer): Promise<number> {
  const { paths, request, inherited, output } = container;
  const runner = createProgramRunner(paths.work, output);
  // A name that the build could not know, so that nothing it left can be taken for ours.
  const scratch = await mkdtemp(path.join(paths.work, `${steps.join('-')}-`));
  // Without the group that the volume hands on to new folders: images would inherit it.
  await chmod(scratch, 0o700);
  const context: StepContext = { folder: paths.work, scratch, request, inherited, ...runner };
  for (const step of steps) {
    runner.begin(stepHeading(step));
    const code = await programs[step](context, paths);
    if (code !== 0) return code;
  }
  return 0;
}

type Program = (context: StepContext, paths: StepContainer['paths']) => Promise<number>;

const programs: Readonly<Record<StepName, Program>> = {
  clone: async (context, { sourceAuthorization }) => cloneSource(context, await readIfThere(sourceAuthorization)),
  restore: async (context, { registryCredential }) => {
    await restoreCache(context, await prepareEngine(context), await ifThere(registryCredential));
    return 0;
  },
  application: (context, { application }) => layOutApplication(context, application),
  build: async (context) => buildImage(context, await prepareEngine(context)),
  push: async (context, { registryCredential, terminationLog }) => {
    const digest = await layoutDigest(buildPaths(context.folder).layout);
    const [environment, credential] = [await prepareEngine(context), await ifThere(registryCredential)];
    const code = await pushImage(context, environment, digest, credential);
    if (code !== 0) return code;
    const end: BuildEnd = { v: 1, kind: 'pushed', digest };
    await writeFile(terminationLog, JSON.stringify(end));
    await storeCache(context, environment, credential);
    return 0;
  },
};

/** Undefined where there is no such file, which means that no credential is needed. */
async function ifThere(file: string): Promise<string | undefined> {
  return access(file).then(
    () => file,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    },
  );
}

async function readIfThere(file: string): Promise<string | undefined> {
  return (await ifThere(file)) === undefined ? undefined : (await readFile(file, 'utf8')).trim();
}
