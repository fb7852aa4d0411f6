/** Something that stops nothing and that a person should look at. */
export interface Warning {
  /** Path as the reader knows the file. */
  readonly file: string;
  /** From 1; null where it concerns the whole file. */
  readonly line: number | null;
  readonly text: string;
}

/** Takes a warning that people should see beside the result. */
export type Warn = (warning: Warning) => void;

/** A warning as one line: file, line, text. */
export function describeWarning({ file, line, text }: Warning): string {
  return line === null ? `${file}: ${text}` : `${file}: line ${line}: ${text}`;
}

/** Warnings as lines, each once and only so many; a last line counts the others. */
export function describeWarnings(warnings: Iterable<Warning>, limit: number): readonly string[] {
  const lines = [...new Set(Array.from(warnings, describeWarning))];
  return lines.length > limit ? [...lines.slice(0, limit), `and ${lines.length - limit} more warnings`] : lines;
}
