import { cp, lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { choosesFiles } from '../../builds/buildpacks/chosen-files.ts';
import { exitCodes } from '../../builds/exit-codes.ts';
import { insideSource } from './inside-source.ts';
import { buildPaths, type StepContext } from './step-context.ts';

/** Copies what the build gets of the cloned application into a folder that is there and empty, links as they are. Says the exit code. */
export async function layOutApplication({ folder, request }: StepContext, workspace: string): Promise<number> {
  const { plan } = request;
  if (plan.kind !== 'buildpacks') throw new Error(`a build of the kind ${plan.kind} has no application folder`);
  const app = await insideSource(buildPaths(folder).source, plan.app);
  if (app?.isFolder !== true) return exitCodes.clone.notFound;
  const isChosen = choosesFiles(plan.files);
  const filter = async (file: string): Promise<boolean> => {
    const isFolder = (await lstat(file)).isDirectory();
    return isChosen(`${path.relative(app.path, file)}${isFolder ? '/' : ''}`);
  };
  // Not the folder itself, which may be a volume.
  for (const name of await readdir(app.path)) {
    const [from, to] = [path.join(app.path, name), path.join(workspace, name)];
    if (await filter(from)) await cp(from, to, { recursive: true, verbatimSymlinks: true, filter });
  }
  return 0;
}
