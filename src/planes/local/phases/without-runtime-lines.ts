/** A phase's log without what Buildah adds at its end about the exit code. */
export function withoutRuntimeLines(log: string): string {
  return log.replace(/(?:^(?:Error: )?(?:while running runtime: )?exit status \d+\n)+$(?![\s\S])/m, '');
}
