import type { Remote } from './git.ts';
import type { GitSettings } from './settings.ts';
import { sshEnvironment } from './ssh.ts';

/** What a fetch leaves at the remote: trees, files, or large files. */
export type PartialFilter = 'tree:0' | 'blob:none' | 'blob:limit=1m';

/** A remote under its name `origin`. */
export interface Origin {
  readonly remote: Remote;
  readonly filter: PartialFilter;
}

/**
 * The whole environment of a git process; nothing but PATH is inherited. With a remote it may reach that remote's transport only, and
 * the credential goes to that origin only; without one it reaches nothing. An SSH login must be in the folder.
 */
export function gitEnvironment(
  folder: string,
  settings: Pick<GitSettings, 'caFile'>,
  origin?: Origin,
): Readonly<Record<string, string>> {
  return {
    // Nothing else comes from outside, and a composition root would only hand this one through.
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    // Named, so that git never looks for a repository in the folders above.
    GIT_DIR: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_LFS_SKIP_SMUDGE: '1',
    // What is missing is an answer, or fetched on purpose; git's own way is one request for each object.
    GIT_NO_LAZY_FETCH: '1',
    ...(origin?.remote.ssh && sshEnvironment(folder)),
    ...asEnvironment([...hardening, ...(origin === undefined ? [] : transport(origin, settings))]),
  };
}

type Pair = readonly [key: string, value: string];

const hardening: readonly Pair[] = [
  ['protocol.allow', 'never'],
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['credential.helper', ''],
  ['safe.directory', '*'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  // Housekeeping would race with other runs on the same mirror; mirrors are rebuilt instead.
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
];

function transport(
  { remote: { url, authorization }, filter }: Origin,
  { caFile }: Pick<GitSettings, 'caFile'>,
): readonly Pair[] {
  const { protocol, origin } = new URL(url);
  return [
    ['remote.origin.url', url],
    // On disk these two would make every local command look for what the filter left out; and a fetch that has to write them locks the file.
    ['remote.origin.promisor', 'true'],
    ['remote.origin.partialCloneFilter', filter],
    [`protocol.${protocol.slice(0, -1)}.allow`, 'always'],
    ['http.followRedirects', 'false'],
    ['http.lowSpeedLimit', '1000'],
    ['http.lowSpeedTime', '60'],
    ...(caFile === undefined ? [] : [['http.sslCAInfo', caFile] as const]),
    ...(authorization === undefined || !protocol.startsWith('http')
      ? []
      : [[`http.${origin}/.extraHeader`, `Authorization: ${authorization}`] as const]),
  ];
}

function asEnvironment(pairs: readonly Pair[]): Record<string, string> {
  return Object.fromEntries([
    ['GIT_CONFIG_COUNT', String(pairs.length)],
    ...pairs.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ]);
}
