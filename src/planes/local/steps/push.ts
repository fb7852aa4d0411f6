import { rm, writeFile } from 'node:fs/promises';
import { pushExitCode } from '../../../builds/engine-trouble.ts';
import { buildPaths, type StepContext } from './step-context.ts';

/**
 * Uploads the layout's image by its digest, without a tag. The credential is a file only while this step runs: skopeo reads
 * it again for each registry it asks, which a pipe does not allow. By then nothing of the user's runs any more. Says the exit code.
 */
export async function pushImage(
  step: StepContext,
  environment: Readonly<Record<string, string>>,
  digest: string,
  registryAuth: string | undefined,
): Promise<number> {
  const { request, folder } = step;
  const paths = buildPaths(folder);
  const target = `docker://${request.image.registry}/${request.image.name}@${digest}`;
  try {
    if (registryAuth !== undefined) await writeFile(paths.credentials, registryAuth, { mode: 0o600, flag: 'wx' });
    const code = await step.run(
      [
        'skopeo',
        'copy',
        '--preserve-digests',
        ...(registryAuth === undefined ? [] : [`--dest-authfile=${paths.credentials}`]),
        ...(request.caFile === undefined ? [] : [`--dest-cert-dir=${paths.certificates}`]),
        // skopeo does not read this per host from the file that the engine uses.
        ...(request.registryHttpHosts.includes(request.image.registry) ? ['--dest-tls-verify=false'] : []),
        `oci:${paths.layout}`,
        target,
      ],
      environment,
    );
    return code === 0 ? 0 : pushExitCode(await step.output());
  } finally {
    await rm(paths.credentials, { force: true });
  }
}
