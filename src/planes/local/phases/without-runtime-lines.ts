const exitCode = '(?:Error: )?(?:while running runtime: )?exit status \\d+';
const killed = 'time="[^"\\n]*" level=error msg=.*|container exited on \\w+';
const atTheEnd = new RegExp(`(?:^(?:${exitCode}|${killed})\\n)+$(?![^])`, 'm');

/** A phase's log without what Buildah adds at its end about how the container ended. */
export function withoutRuntimeLines(log: string): string {
  return log.replace(atTheEnd, '');
}
