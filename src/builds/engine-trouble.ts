import { exitCodes } from './exit-codes.ts';

// How buildah, podman and BuildKit introduce the pull of a base image that went wrong.
const pull =
  /creating build container: |initializing source docker:\/\/|failed to (?:resolve source metadata|do request|load metadata|fetch (?:anonymous|oauth) token)/i;
const passing =
  /no such host|i\/o timeout|timeout|connection (?:refused|reset)|toomanyrequests|too many requests|unexpected EOF|\b50[0234]\b|server misbehaving|temporary failure/i;
const engine =
  /(?:error|failed) (?:creating|opening|mounting|initializing).{0,40}(?:storage|store|graph driver)|cannot connect to the docker daemon|rootlesskit.*failed|could not connect to .*buildkitd|^error: (?:listing workers for build|failed to receive status): .*(?:unavailable|eof)/i;

/** The exit code of the build step for an engine that ended with an error: the user's build, or trouble that a new build may not meet. */
export function buildExitCode(log: string): number {
  const lines = log
    .split('\n')
    .slice(-20)
    .map((line) => line.slice(0, 2000));
  const isInfrastructure = lines.some((line) => (pull.test(line) && passing.test(line)) || engine.test(line));
  return isInfrastructure ? exitCodes.build.infrastructure : exitCodes.build.failed;
}

/** The exit code of the clone step for git's error output. */
export function cloneExitCode(log: string): number {
  if (
    /authentication failed|could not read username|error: (?:401|403)|access denied|permission denied \(|host key verification failed/i.test(
      log,
    )
  )
    return exitCodes.clone.denied;
  if (
    /not our ref|repository .*not found|couldn't find remote ref|no such remote ref|error: 404|does not appear to be a git repository/i.test(
      log,
    )
  ) {
    return exitCodes.clone.notFound;
  }
  return exitCodes.clone.network;
}

/** The exit code of the push step for the upload's error output. */
export function pushExitCode(log: string): number {
  if (/unauthorized|authentication required|invalid username\/password|status code 401|\b401\b/i.test(log))
    return exitCodes.push.unauthenticated;
  if (/denied|forbidden|\b403\b/i.test(log)) return exitCodes.push.denied;
  return exitCodes.push.network;
}
