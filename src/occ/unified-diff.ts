import type { Change } from './change.ts';

const context = 3;

interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** A change as a unified diff with three lines around; empty where nothing changes. */
export function unifiedDiff({ path, text, before }: Change): string {
  if (before === text) return '';
  const lines = compare(split(before ?? ''), split(text));
  const shown = lines.map((_, at) =>
    lines.slice(Math.max(0, at - context), at + context + 1).some(({ mark }) => mark !== ' '),
  );
  const out = [before === null ? '--- /dev/null' : `--- ${path}`, `+++ ${path}`];
  let [oldLine, newLine] = [1, 1];
  for (const [at, { mark, text: line }] of lines.entries()) {
    if (shown[at] && !shown[at - 1]) out.push(hunkHead(lines, shown, at, oldLine, newLine));
    if (shown[at]) out.push(`${mark}${line}`);
    if (mark !== '+') oldLine += 1;
    if (mark !== '-') newLine += 1;
  }
  return `${out.join('\n')}\n`;
}

function hunkHead(
  lines: readonly Line[],
  shown: readonly boolean[],
  at: number,
  oldLine: number,
  newLine: number,
): string {
  const end = shown.indexOf(false, at);
  const hunk = lines.slice(at, end === -1 ? lines.length : end);
  const [removed, added] = ['-', '+'].map(
    (mark) => hunk.filter((line) => line.mark === mark || line.mark === ' ').length,
  );
  return `@@ -${removed === 0 ? 0 : oldLine},${removed} +${added === 0 ? 0 : newLine},${added} @@`;
}

function split(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** Equal lines at both ends stay; between them the longest common subsequence does. */
function compare(before: readonly string[], after: readonly string[]): readonly Line[] {
  const same = (text: string): Line => ({ mark: ' ', text });
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const head = before.slice(0, start).map(same);
  const tail = before.slice(before.length - end).map(same);
  return [
    ...head,
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...tail,
  ];
}

function middle(before: readonly string[], after: readonly string[]): readonly Line[] {
  const removed = before.map((text): Line => ({ mark: '-', text }));
  const added = after.map((text): Line => ({ mark: '+', text }));
  // The table grows with the product of both; beyond this nobody reads the difference line by line.
  if (before.length * after.length > 4_000_000) return [...removed, ...added];
  const width = after.length + 1;
  const longest = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number) => longest[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      longest[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: Line[] = [];
  let [row, column] = [0, 0];
  while (row < before.length && column < after.length) {
    const text = before[row] ?? '';
    if (text === after[column]) {
      lines.push({ mark: ' ', text });
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) {
      lines.push({ mark: '-', text });
      row += 1;
    } else {
      lines.push({ mark: '+', text: after[column] ?? '' });
      column += 1;
    }
  }
  return [...lines, ...removed.slice(row), ...added.slice(column)];
}
