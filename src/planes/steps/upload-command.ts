import type { Command } from '../../builds/engine-commands.ts';
import type { StepRequest } from './step-request.ts';

/** The command that uploads a layout's content to the image's repository; `reference` is `:tag` or `@digest`. */
export function uploadCommand(
  { image, registryHttpHosts }: StepRequest,
  layout: string,
  reference: string,
  credentialFile: string | undefined,
): Command {
  return [
    'skopeo',
    'copy',
    '--preserve-digests',
    ...(credentialFile === undefined ? [] : [`--dest-authfile=${credentialFile}`]),
    // skopeo does not read this per host from the file that the engine uses.
    ...(registryHttpHosts.includes(image.registry) ? ['--dest-tls-verify=false'] : []),
    `oci:${layout}`,
    `docker://${image.registry}/${image.name}${reference}`,
  ];
}
