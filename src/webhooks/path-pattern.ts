/**
 * A test for paths. A pattern with `*` or `?` is compared with the whole path: `*` and `?` stay within a folder's name, `**` as
 * a whole part is any number of folders. Any other one is a file, or a folder with all that is in it; `.` is everything.
 * Takes at most time in proportion to pattern times path, whatever they are.
 */
export function pathPattern(pattern: string): (path: string) => boolean {
  if (pattern === '.') return () => true;
  if (!isGlob(pattern)) return (path) => path === pattern || path.startsWith(`${pattern}/`);
  const parts = pattern.split('/');
  return (path) => matches(parts, path.split('/'), '**', matchesName);
}

/** Does it hold a `*` or `?`? */
export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

const matchesName = (pattern: string, name: string): boolean =>
  pattern === '*' ||
  pattern === name ||
  matches([...pattern], [...name], '*', (one, char) => one === '?' || one === char);

/**
 * Compares two sequences, where `any` in the first stands for any number of items. After a mismatch only the last `any` takes one
 * item more: what an earlier one could take as well, the last one can.
 */
function matches(
  pattern: readonly string[],
  items: readonly string[],
  any: string,
  fits: (one: string, item: string) => boolean,
): boolean {
  let at = 0;
  let next = 0;
  let retry: { readonly at: number; next: number } | undefined;
  while (next < items.length) {
    const one = pattern[at];
    const item = items[next] ?? '';
    if (one === any) {
      retry = { at: ++at, next };
    } else if (one !== undefined && fits(one, item)) {
      at++;
      next++;
    } else if (retry !== undefined) {
      at = retry.at;
      next = ++retry.next;
    } else {
      return false;
    }
  }
  return pattern.slice(at).every((one) => one === any);
}
