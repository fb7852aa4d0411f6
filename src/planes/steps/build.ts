import { rm } from 'node:fs/promises';
import path from 'node:path';
import { engineCommands, type ImageBuild } from '../../builds/engine-commands.ts';
import { buildExitCode } from '../../builds/engine-trouble.ts';
import { exitCodes } from '../../builds/exit-codes.ts';
import { withBuildkitd } from './buildkitd.ts';
import { frontendInputs } from './frontend.ts';
import { insideSource } from './inside-source.ts';
import { layoutDigest } from './layout.ts';
import { buildPaths, notStarted, type StepContext, toolPaths } from './step-context.ts';

/** Builds the image into an OCI layout. Says the exit code. */
export async function buildImage(step: StepContext, environment: Readonly<Record<string, string>>): Promise<number> {
  const { folder, request } = step;
  const paths = { ...buildPaths(folder), ...toolPaths(step.scratch) };
  const inputs = await buildInputs(step, environment);
  if (typeof inputs === 'number') return inputs;
  const commands = engineCommands(request.engine, {
    ...inputs,
    storage: paths.storage,
    layout: paths.layout,
    storageDriver: request.storageDriver,
    noCache: request.noCache,
    sourceDateEpoch: request.sourceDateEpoch,
    buildkitd: request.buildkitd,
    ...(await layerCache(step)),
    name: `localhost/slipway-build-${path.basename(folder)}:latest`,
  });
  await rm(paths.layout, { recursive: true, force: true });
  const build = async (): Promise<number> => {
    for (const command of commands) {
      const code = await step.run(command, environment);
      if (code === notStarted) return exitCodes.build.infrastructure;
      // Engines pass on the code of the user's RUN, which may be any.
      if (code !== 0) return buildExitCode(await step.output());
    }
    return 0;
  };
  const needsDaemon = request.engine === 'buildkit' && request.buildkitd === undefined;
  return needsDaemon ? withBuildkitd(step, environment, build) : build();
}

/** What the engine builds, or the exit code where the source does not hold it. */
async function buildInputs(
  step: StepContext,
  environment: Readonly<Record<string, string>>,
): Promise<Pick<ImageBuild, 'context' | 'dockerfile'> | number> {
  const { plan } = step.request;
  const { source } = buildPaths(step.folder);
  if (plan.kind === 'docker') {
    const context = await insideSource(source, plan.context);
    const dockerfile = await insideSource(source, plan.dockerfile);
    if (context?.isFolder !== true || dockerfile?.isFolder !== false) return exitCodes.build.noDockerfile;
    return { context: context.path, dockerfile: dockerfile.path };
  }
  if (plan.kind === 'react') return frontendInputs(step, plan, environment);
  throw new Error(`this program makes no builds of the kind ${plan.kind}`);
}

/** The caches as the engine gets them; a stored one that cannot be read is left out. */
async function layerCache({ folder, request }: StepContext): Promise<Pick<ImageBuild, 'cacheFrom' | 'cacheTo'>> {
  const { storedCache, newCache } = buildPaths(folder);
  const digest = request.layerCache?.read ? await layoutDigest(storedCache).catch(() => undefined) : undefined;
  return {
    cacheFrom: digest === undefined ? undefined : { folder: storedCache, digest },
    cacheTo: request.layerCache?.write ? newCache : undefined,
  };
}
