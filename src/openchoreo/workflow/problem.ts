/** One mistake in a resource, told by the path of its field. The message holds no value, for a value may be a secret. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** All problems as indented lines, one each; of several on the same field only the first, which is the cause of the others. */
export function listProblems(problems: readonly Problem[]): string {
  const first = new Map<string, string>();
  for (const { path, message } of problems) if (!first.has(path)) first.set(path, message);
  return [...first].map(([path, message]) => `\n  ${path || '(the whole)'}: ${message}`).join('');
}

/** Path of a field below another one: `a.b`, or `a["b/c"]` where the name holds more than letters, digits, `_` and `-`. */
export function fieldPath(parent: string, name: string): string {
  return /^[\w-]+$/.test(name) ? `${parent}.${name}` : `${parent}[${JSON.stringify(name)}]`;
}

/** The parts of such a path: `a["b/c"][0]` gives `a`, `b/c`, `0`. */
export function pathParts(path: string): readonly string[] {
  return [...path.matchAll(/"((?:\\.|[^"\\])*)"|[\w-]+/g)].map(([all, quoted]) =>
    quoted === undefined ? all : String(JSON.parse(`"${quoted}"`)),
  );
}
