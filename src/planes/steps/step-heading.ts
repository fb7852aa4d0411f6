/** The line in the log with which a step begins. */
export function stepHeading(step: string): string {
  return `=== ${step} ===\n`;
}
