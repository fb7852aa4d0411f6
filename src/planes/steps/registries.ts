/** How the registries of base images are reached, by `host[:port]`. */
export interface Registries {
  /** Those that speak plain http. */
  readonly httpHosts: readonly string[];
  /** Registry → `host[:port][/prefix]` of the registries that are asked before it. */
  readonly mirrors: Readonly<Record<string, readonly string[]>>;
}

/** `registries.conf` for buildah and podman. Plain http is said per host: the flag `--tls-verify=false` would hold for all of them. */
export function registriesConf({ httpHosts, mirrors }: Registries): string {
  const hosts = new Set([...httpHosts, ...Object.keys(mirrors)]);
  return [
    'unqualified-search-registries = ["docker.io"]\nshort-name-mode = "disabled"\n',
    ...[...hosts].map((host) =>
      [
        `[[registry]]\nlocation = ${JSON.stringify(host)}\ninsecure = ${httpHosts.includes(host)}\n`,
        ...(mirrors[host] ?? []).map(
          (mirror) =>
            `[[registry.mirror]]\nlocation = ${JSON.stringify(mirror)}\ninsecure = ${httpHosts.includes(hostOf(mirror))}\n`,
        ),
      ].join(''),
    ),
  ].join('\n');
}

/** `buildkitd.toml` that says the same. */
export function buildkitdToml({ httpHosts, mirrors }: Registries): string {
  const hosts = new Set([...httpHosts, ...Object.keys(mirrors)]);
  return [...hosts]
    .map((host) =>
      [
        `[registry.${JSON.stringify(host)}]\n`,
        ...(httpHosts.includes(host) ? ['  http = true\n'] : []),
        ...(mirrors[host] === undefined ? [] : [`  mirrors = ${JSON.stringify(mirrors[host])}\n`]),
      ].join(''),
    )
    .join('\n');
}

function hostOf(mirror: string): string {
  return mirror.split('/', 1)[0] ?? mirror;
}
