import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildkitdToml, registriesConf } from './registries.ts';
import { type StepContext, toolPaths } from './step-context.ts';

/**
 * Prepares the files that engine and upload need, and says their whole environment. Neither holds a credential:
 * home, temporary folder and credential file are the build's own and empty.
 */
export async function prepareEngine({
  scratch,
  request,
  inherited,
}: StepContext): Promise<Readonly<Record<string, string>>> {
  const paths = toolPaths(scratch);
  const registries = { httpHosts: request.registryHttpHosts, mirrors: request.registryMirrors };
  for (const each of [paths.home, paths.tmp, paths.storage, paths.certificates]) await mkdir(each, { recursive: true });
  if (request.caFile !== undefined) await copyFile(request.caFile, path.join(paths.certificates, 'slipway.crt'));
  await writeFile(paths.registries, registriesConf(registries));
  await writeFile(paths.buildkitd, buildkitdToml(registries));
  await writeFile(paths.noCredentials, '{"auths":{}}');
  return {
    ...inherited,
    HOME: paths.home,
    XDG_RUNTIME_DIR: paths.home,
    TMPDIR: paths.tmp,
    DOCKER_CONFIG: paths.home,
    REGISTRY_AUTH_FILE: paths.noCredentials,
    CONTAINERS_REGISTRIES_CONF: paths.registries,
    // For programs in Go: these authorities beside the system's.
    SSL_CERT_DIR: paths.certificates,
    SOURCE_DATE_EPOCH: String(request.sourceDateEpoch),
  };
}
