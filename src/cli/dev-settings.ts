import type { EmptyWorld } from '../embedded/world.ts';

const lists = [
  'SLIPWAY_CREDENTIAL_HOSTS',
  'SLIPWAY_FORGES',
  'SLIPWAY_HTTP_HOSTS',
  'SLIPWAY_REGISTRY_HTTP_HOSTS',
  'SLIPWAY_BUILD_ADDRESSES',
  'SLIPWAY_REGISTRY_MIRRORS',
];

/** Settings of a worker in this world: its own addresses and folders, and beside them what the shell's own SLIPWAY_… say. */
export function devSettings(
  environment: NodeJS.ProcessEnv,
  world: Pick<EmptyWorld, 'settings'>,
  catalog: string,
): Readonly<Record<string, string>> {
  const own = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      /^SLIPWAY_(?!SECRET_|TEMPORAL_FROM$)/.test(entry[0]) && entry[1] !== undefined && entry[1] !== '',
  );
  const joined = lists
    .map((name) => [name, [world.settings[name], environment[name]].filter(Boolean).join(',')])
    .filter(([, list]) => list !== '');
  return {
    ...Object.fromEntries(own),
    ...world.settings,
    ...Object.fromEntries(joined),
    SLIPWAY_FILE_REPOSITORIES: 'true',
    SLIPWAY_CATALOG: catalog,
  };
}

/** The settings as lines for a shell. */
export function exportLines(settings: Readonly<Record<string, string>>): string {
  const quote = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;
  return Object.entries(settings)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `export ${name}=${quote(value)}`)
    .join('\n');
}
