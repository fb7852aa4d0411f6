/** Longest line of a message. */
const WIDTH = 100;

/**
 * Breaks the lines of a message between words so that they fit 100 columns. Lines that begin with a blank stay as they are,
 * for they are lists and logs; so does a word that is longer. `taken` columns of the first line are in use already.
 */
export function wrap(text: string, taken = 0, width = WIDTH): string {
  return text
    .split('\n')
    .map((line, index) => (line.startsWith(' ') ? line : wrapLine(line, index === 0 ? taken : 0, width)))
    .join('\n');
}

/** A text whose lines after the first begin with so many blanks, wrapped to fit. */
export function indent(text: string, columns: number): string {
  return wrap(text, 0, WIDTH - columns).replaceAll('\n', `\n${' '.repeat(columns)}`);
}

/** The first line of a text, cut so that it fits. */
export function shorten(text: string, width: number): string {
  const [line = '', more] = text.split('\n');
  if (line.length <= width && more === undefined) return line;
  return `${line.slice(0, width - 1).trimEnd()}…`;
}

function wrapLine(line: string, taken: number, width: number): string {
  const [first = '', ...words] = line.split(' ');
  const lines = [first];
  for (const word of words) {
    const last = lines.at(-1) ?? '';
    const column = (lines.length === 1 ? taken : 0) + last.length;
    if (column + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join('\n');
}
