import { pushExitCode } from '../../builds/engine-trouble.ts';
import { buildPaths, type StepContext } from './step-context.ts';

/** Uploads the layout's image by its digest, without a tag, with the credential of that file. Says the exit code. */
export async function pushImage(
  { request, folder, run, output }: StepContext,
  environment: Readonly<Record<string, string>>,
  digest: string,
  credentialFile: string | undefined,
): Promise<number> {
  const code = await run(
    [
      'skopeo',
      'copy',
      '--preserve-digests',
      ...(credentialFile === undefined ? [] : [`--dest-authfile=${credentialFile}`]),
      // skopeo does not read this per host from the file that the engine uses.
      ...(request.registryHttpHosts.includes(request.image.registry) ? ['--dest-tls-verify=false'] : []),
      `oci:${buildPaths(folder).layout}`,
      `docker://${request.image.registry}/${request.image.name}@${digest}`,
    ],
    environment,
  );
  return code === 0 ? 0 : pushExitCode(await output());
}
