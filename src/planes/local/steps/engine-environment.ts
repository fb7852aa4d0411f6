import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildPaths, type StepContext } from './step-context.ts';

/**
 * Prepares the files that engine and upload need, and says their whole environment. Neither holds a credential:
 * home, temporary folder and credential file are the build's own and empty.
 */
export async function prepareEngine({
  folder,
  request,
  inherited,
}: StepContext): Promise<Readonly<Record<string, string>>> {
  const paths = buildPaths(folder);
  for (const each of [paths.home, paths.tmp, paths.storage, paths.certificates]) await mkdir(each, { recursive: true });
  if (request.caFile !== undefined) await copyFile(request.caFile, path.join(paths.certificates, 'slipway.crt'));
  await writeFile(paths.registries, registriesConf(request.registryHttpHosts));
  await writeFile(paths.buildkitd, buildkitdToml(request.registryHttpHosts));
  await writeFile(paths.noCredentials, '{"auths":{}}');
  return {
    ...inherited,
    HOME: paths.home,
    XDG_RUNTIME_DIR: paths.home,
    TMPDIR: paths.tmp,
    DOCKER_CONFIG: paths.home,
    REGISTRY_AUTH_FILE: paths.noCredentials,
    CONTAINERS_REGISTRIES_CONF: paths.registries,
    BUILDKITD_FLAGS: `--oci-worker-no-process-sandbox --config=${paths.buildkitd}`,
    SOURCE_DATE_EPOCH: String(request.sourceDateEpoch),
  };
}

/** Plain http per host, where the flag `--tls-verify=false` would hold for every base image's registry. */
function registriesConf(httpHosts: readonly string[]): string {
  const hosts = httpHosts.map((host) => `[[registry]]\nlocation = ${JSON.stringify(host)}\ninsecure = true\n`);
  return ['unqualified-search-registries = ["docker.io"]\nshort-name-mode = "disabled"\n', ...hosts].join('\n');
}

function buildkitdToml(httpHosts: readonly string[]): string {
  return httpHosts.map((host) => `[registry.${JSON.stringify(host)}]\n  http = true\n`).join('\n');
}
