/** Where one document stands in a file's text: offsets, the number of its first line (from 1), and why it is unreadable, if it is. */
export interface DocumentRange {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly problem: string | undefined;
}

/** Splits a file at its `---` lines, leaving out documents that hold nothing but comments. JSON values one after another are split too. */
export function splitDocuments(text: string): readonly DocumentRange[] {
  return splitJson(text) ?? splitYaml(text);
}

function splitYaml(text: string): DocumentRange[] {
  const ranges: DocumentRange[] = [];
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  const close = (end: number, problem?: string) => {
    const content = text.slice(start, end);
    if (problem !== undefined || /(?<![^\n])[ \t\r]*[^ \t\r\n#%]/.test(content))
      ranges.push({ start, end, line, problem });
    return newlines(content);
  };
  for (const separator of text.matchAll(/(?<![^\n])---([^\n]*)(?:\n|$)/g)) {
    if (separator.index < start) continue;
    const rest = separator[1] ?? '';
    line +=
      close(separator.index, /^[ \t\r]*([ \t]#.*)?$/.test(rest) ? undefined : 'text after "---" is not supported') + 1;
    start = separator.index + separator[0].length;
  }
  close(text.length);
  return ranges;
}

function splitJson(text: string): DocumentRange[] | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  const ranges: DocumentRange[] = [];
  let depth = 0;
  let start = 0;
  let line = 1;
  for (let at = text.indexOf('{'); at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    if (character === '{') depth += 1;
    if (character !== '}' || --depth > 0) continue;
    const end = at + 1;
    const value = text.slice(start, end);
    if (!isJson(value)) return undefined;
    ranges.push({ start, end, line, problem: undefined });
    line += newlines(value);
    start = end;
  }
  return /^\s*$/.test(text.slice(start)) ? ranges : undefined;
}

/** Where the string that begins there ends: at its closing quote, else with the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '"') return at;
    if (text[at] === '\\') at += 1;
  }
  return text.length;
}

function newlines(text: string): number {
  return text.split('\n').length - 1;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
