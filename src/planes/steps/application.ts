import { cp, readdir } from 'node:fs/promises';
import path from 'node:path';
import { exitCodes } from '../../builds/exit-codes.ts';
import { insideSource } from './inside-source.ts';
import { buildPaths, type StepContext } from './step-context.ts';

/** Copies the cloned application into a folder that is there and empty, links as they are. Says the exit code. */
export async function layOutApplication({ folder, request }: StepContext, workspace: string): Promise<number> {
  const { plan } = request;
  if (plan.kind !== 'buildpacks') throw new Error(`a build of the kind ${plan.kind} has no application folder`);
  const app = await insideSource(buildPaths(folder).source, plan.app);
  if (app?.isFolder !== true) return exitCodes.clone.notFound;
  for (const name of await readdir(app.path)) {
    await cp(path.join(app.path, name), path.join(workspace, name), { recursive: true, verbatimSymlinks: true });
  }
  return 0;
}
