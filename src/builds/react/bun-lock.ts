import { z } from 'zod';
import { parseJson } from '../parse-json.ts';

const Ranges = z.record(z.string(), z.string()).default({});
const groups = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;
const Dependencies = z.looseObject(Object.fromEntries(groups.map((group) => [group, Ranges])));
const Lock = z.looseObject({ workspaces: z.record(z.string(), Dependencies) });

/**
 * Names of packages whose range differs between bun.lock and a package.json of its workspace, whose folder is relative to the
 * lock file's (its own is empty); none where either cannot be read, or the lock file does not have the folder.
 */
export function staleBunRanges(lock: string, folder: string, manifest: string): readonly string[] {
  const locked = Lock.safeParse(parseJson(withoutTrailingCommas(lock))).data?.workspaces[folder];
  const wanted = Dependencies.safeParse(parseJson(manifest)).data;
  if (locked === undefined || wanted === undefined) return [];
  const inLock = rangesOf(locked);
  const inManifest = rangesOf(wanted);
  return [...new Set([...inLock.keys(), ...inManifest.keys()])]
    .filter((name) => inLock.get(name) !== inManifest.get(name))
    .toSorted();
}

function rangesOf(from: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  return new Map(
    groups.flatMap((group) =>
      Object.entries(Ranges.parse(from[group])).map(([name, range]): [string, string] => [name, `${group} ${range}`]),
    ),
  );
}

/** bun writes JSON with a comma after last entries; commas in texts stay. */
function withoutTrailingCommas(text: string): string {
  return text.replace(/"(?:\\.|[^"\\])*"|,(?=\s*[}\]])/g, (match) => (match === ',' ? '' : match));
}
