const refusedPulls = [
  /manifest unknown|name unknown|access to the resource is denied|authentication required/i,
  /initializing source docker:.*: unauthorized/,
  /failed to resolve source metadata for .*: (?:not found|pull access denied|unexpected status .*: 40[13] )/,
  /failed to fetch (?:anonymous|oauth) token: .*: 40[13] /,
];
const maxLines = 50;
const maxLineLength = 2000;

/**
 * Why an engine could not build the image, in words, from what buildah, podman, BuildKit and Docker print last. `images` is
 * where its base images are named.
 */
export function failureCause(log: string, images: string): string {
  // Cut, because a log is the user's: a line of megabytes must not keep a worker busy.
  const lines = log
    .split('\n')
    .slice(-maxLines)
    .map((line) => line.slice(0, maxLineLength))
    .toReversed();
  const missing = firstOf(lines, missingFile);
  if (missing !== undefined) {
    return `a COPY or ADD names ${missing}, which is not in the build context. Check the path, docker-context and .dockerignore.`;
  }
  const command = firstOf(lines, failedCommand);
  if (command !== undefined) return command;
  const syntax = firstOf(lines, syntaxError);
  if (syntax !== undefined) return syntax;
  if (lines.some((line) => line.includes('server gave HTTP response to HTTPS client'))) {
    return "a base image's registry speaks plain http. Let the operator name it in SLIPWAY_REGISTRY_HTTP_HOSTS, or take the image from one with TLS.";
  }
  if (lines.some((line) => refusedPulls.some((refused) => refused.test(line)))) {
    return `a base image could not be pulled: it does not exist or may not be read. Check ${images}; builds pull without credentials.`;
  }
  return 'see its last lines.';
}

/** `… COPY … "/gone.txt": no such file or directory` gives `/gone.txt`. */
function missingFile(line: string): string | undefined {
  const end = line.search(/: (?:no such file or directory|not found)/);
  if (end === -1 || !/copying|checking on sources|\bCOPY\b|\bADD\b|cache key|checksum of ref/.test(line))
    return undefined;
  const before = line.slice(0, end).replace(/"$/, '');
  return before.slice(Math.max(before.lastIndexOf(' '), before.lastIndexOf('"')) + 1);
}

/** `… dockerfile parse error on line 2: unknown instruction: FOO` gives a sentence with the line and the reason. */
function syntaxError(line: string): string | undefined {
  const [, number, reason] = /dockerfile parse error on line (\d+): (.{1,200})/.exec(line) ?? [];
  return number === undefined ? undefined : `its line ${number} is no valid Dockerfile: ${reason}.`;
}

/** `… STEP "RUN make": … exit status 2` gives a sentence about `make` and 2. */
function failedCommand(line: string): string | undefined {
  const code = /(?:exit status|exit code:?|non-zero code:?) (\d+)/.exec(line)?.[1];
  const command = /(?:STEP|process|command) ([`'"])(?:RUN )?(.+)\1(?=:| did not| returned)/
    .exec(line)?.[2]
    ?.slice(0, 200);
  return code === undefined || command === undefined
    ? undefined
    : `the command \`${command}\` ended with code ${code}.`;
}

function firstOf(lines: readonly string[], find: (line: string) => string | undefined): string | undefined {
  for (const line of lines) {
    const found = find(line);
    if (found !== undefined && found !== '') return found;
  }
  return undefined;
}
