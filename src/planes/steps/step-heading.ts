/** The line in the log with which a step begins. */
export function stepHeading(step: string): string {
  return `=== ${step} ===\n`;
}

/** The part of a log that its last step printed. */
export function afterLastHeading(log: string): string {
  const last = [...log.matchAll(/^=== (?:clone|analyze|detect|restore|build|push|export) ===\n/gm)].at(-1);
  return last === undefined ? log : log.slice(last.index + last[0].length);
}
