import { collectCodes } from './frontend-files.ts';

const { missing, empty, outside } = collectCodes;
const failedBuild = /\/slipway\/build-command.*(?:status|code:?) (\d+)/;
const failedCollect = new RegExp(`/slipway/collect.*(?:status|code:?) (?:${missing}|${empty}|${outside})\\b`);

interface Sign {
  readonly pattern: RegExp;
  readonly text: string;
}

// What the package managers and build tools say, the most telling first.
const signs: readonly Sign[] = [
  {
    pattern:
      /npm ci` can only install packages when|Your lockfile needs to be updated|YN0028|ERR_PNPM_OUTDATED_LOCKFILE|lockfile had changes, but lockfile is frozen/,
    text: 'the lock file does not fit package.json. Install with your package manager and commit the lock file; name the version that made it in packageManager of package.json.',
  },
  {
    pattern:
      /SELF_SIGNED_CERT|self-signed certificate|UNABLE_TO_(?:GET_ISSUER_CERT|VERIFY_LEAF)|unable to get local issuer certificate/,
    text: 'the certificate of the package registry, or of a proxy before it, is not trusted. Give its authority as SLIPWAY_CA_FILE.',
  },
  {
    pattern:
      /(?:npm (?:ERR!|error) code |error .*|YN0035.*|ERR_PNPM_FETCH_)(?:E?401|E?403|E401|E403|Unauthorized|Forbidden)/,
    text: 'the package registry refused a package: it is private. Builds hold no credentials; use a registry that serves them what they may read (SLIPWAY_NPM_REGISTRY).',
  },
  {
    pattern:
      /npm (?:ERR!|error) code (?:E404|ETARGET)|ERR_PNPM_FETCH_404|YN0035|error An unexpected error occurred: ".*404|GET .* - 404/,
    text: 'a package is not in the package registry. Check its name and version in package.json, and which registry the build asks (SLIPWAY_NPM_REGISTRY).',
  },
  {
    pattern:
      /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET)\b|ConnectionRefused|There appears to be trouble with your network/,
    text: 'a package registry could not be reached. Check SLIPWAY_NPM_REGISTRY and where the lock file says that packages are.',
  },
  {
    pattern:
      /code EBADENGINE|The engine "node" is incompatible|ERR_PNPM_UNSUPPORTED_ENGINE|ERR_OSSL_EVP_UNSUPPORTED|requires (?:at least )?(?:a )?Node(?:\.js)? (?:v\d|version)/,
    text: 'the application or a package of it does not work with this version of Node. Set react.nodeVersion (parameter node-version) to one that it supports.',
  },
  {
    pattern:
      /Missing script: |Command ".*" not found|ERR_PNPM_NO_SCRIPT|Couldn't find a script named|Script not found "/,
    text: 'package.json has no such script. Check react.buildCommand (parameter build-command) and "scripts" in package.json.',
  },
  {
    pattern: /heap out of memory/,
    text: 'Node ran out of memory. Set NODE_OPTIONS=--max-old-space-size=… in front of the build command, and slipway-memory accordingly.',
  },
  {
    pattern: /Cannot find (?:module|package) |Can't resolve '|Could not resolve "|failed to resolve import/i,
    text: 'a module is not installed. Is it listed in package.json, and in the lock file?',
  },
  {
    pattern: /: (?:not found|command not found)$|exit (?:status|code:?) 127\b/,
    text: 'a program is not found. Is the package that brings it listed in package.json, and the build command right?',
  },
];

/** Why a frontend could not be built with that command, in words; undefined where the log shows nothing that is known. */
export function frontendCause(log: string, buildCommand: string): string | undefined {
  // Cut, because a log is the user's: a line of megabytes must not keep a worker busy.
  const lines = log
    .split('\n')
    .slice(-200)
    .map((line) => line.slice(0, 2000));
  if (lines.some((line) => failedCollect.test(line))) {
    const said = saidByUs(lines) ?? 'the output folder cannot be used';
    return `${said}. Check react.outputDir (parameter output-dir): it is relative to the application's folder.`;
  }
  const sign = signs.find(({ pattern }) => lines.some((line) => pattern.test(line)));
  const code = lines.flatMap((line) => failedBuild.exec(line)?.[1] ?? []).at(-1);
  if (sign !== undefined || code === undefined) return sign?.text;
  return `the build command \`${firstLine(buildCommand)}\` ended with code ${code}. It is react.buildCommand (parameter build-command) and runs in the application's folder.`;
}

function firstLine(command: string): string {
  const text = command.trim();
  const [line = ''] = text.split('\n');
  return line === text && line.length <= 200 ? line : `${line.slice(0, 200)} …`;
}

/** Why no package manager could be chosen: the build step's own words. */
export function packageManagerProblem(log: string): string {
  return saidByUs(log.split('\n')) ?? 'the package manager cannot be told.';
}

function saidByUs(lines: readonly string[]): string | undefined {
  return lines.flatMap((line) => /(?:^| )slipway: (.*)$/.exec(line)?.[1] ?? []).at(-1);
}
