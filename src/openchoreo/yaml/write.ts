import { isMapping } from './compose.ts';
import { compareKeys } from './key-order.ts';
import { resolveScalar } from './scalar.ts';

const width = 80;

/**
 * A JSON value as a YAML document in the original tool's style: sorted keys, two spaces, dashes in the key's column, one newline at the end.
 * Every text that YAML 1.1 would read as something else is quoted. Entries whose value is undefined are left out.
 */
export function writeYaml(value: unknown): string {
  return `${writeNode(value, 0, 0).slice(1)}\n`;
}

/** The text after a key's colon or a dash: begins with a blank or a new line. `column` is where the text will begin. */
function writeNode(value: unknown, indent: number, column: number): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []';
    return value.map((item) => `\n${' '.repeat(indent)}-${afterDash(item, indent)}`).join('');
  }
  if (isMapping(value)) {
    const keys = Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort(compareKeys);
    if (keys.length === 0) return ' {}';
    return keys.map((key) => `\n${' '.repeat(indent)}${entry(key, value[key], indent)}`).join('');
  }
  return ` ${writeScalar(value, indent + 2, column + 1)}`;
}

function entry(key: string, value: unknown, indent: number): string {
  const name = key.includes('\n') ? doubleQuoted(key) : writeScalar(key, 0, Number.NEGATIVE_INFINITY);
  return `${name}:${writeNode(value, isMapping(value) ? indent + 2 : indent, indent + name.length + 1)}`;
}

function afterDash(item: unknown, indent: number): string {
  // What is nested in a list item begins on the dash's own line.
  return writeNode(item, typeof item === 'object' && item !== null ? indent + 2 : indent, indent + 1).replace(
    /^\n +/,
    ' ',
  );
}

/** `column` is where the scalar begins; breaks continue at `indent`. */
function writeScalar(value: unknown, indent: number, column: number): string {
  if (typeof value === 'string') return writeText(value, indent, column);
  if (typeof value === 'number') return writeNumber(value);
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  throw new TypeError(`a ${typeof value} cannot be written as YAML`);
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be written as YAML`);
  return String(value).replace(/e([-+])(\d)$/, 'e$10$2');
}

function writeText(text: string, indent: number, column: number): string {
  if (needsEscapes(text)) return doubleQuoted(text);
  if (text.includes('\n')) return / \n/.test(text) || text.endsWith(' ') ? doubleQuoted(text) : literal(text, indent);
  if (readsAsOther(text)) return doubleQuoted(text);
  if (!canBePlain(text)) return folded(`'${text.replaceAll("'", "''")}'`, indent, column);
  return folded(text, indent, column);
}

/** True for texts that YAML 1.1 readers take for something else: numbers, booleans, null, dates, base 60, merge and default keys. */
function readsAsOther(text: string): boolean {
  if (typeof resolveScalar(text) !== 'string') return true;
  return /^([-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9]*)?|\d{4}-\d{1,2}-\d{1,2}([Tt \t].*)?|<<|=)$/.test(text);
}

function needsEscapes(text: string): boolean {
  // Control, private and non-BMP characters, other line breaks and the byte order mark.
  return /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd]|[\u2028\u2029\ufeff]/.test(text);
}

function canBePlain(text: string): boolean {
  if (/^[ ]|[ ]$/.test(text)) return false;
  if (/^(---|\.\.\.)/.test(text)) return false;
  if (/^[#,[\]{}&*!|>'"%@`]|^[-?:]( |$)/.test(text)) return false;
  return !/:( |$)| #/.test(text);
}

/** Breaks a plain or single-quoted scalar at the first single blank beyond the width. */
function folded(text: string, indent: number, column: number): string {
  let at = column;
  let out = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    const single = character === ' ' && text[index - 1] !== ' ' && text[index + 1] !== ' ';
    if (single && at > width && index > 1 && index < text.length - 2) {
      out += `\n${' '.repeat(indent)}`;
      at = indent;
    } else {
      out += character;
      at += 1;
    }
  }
  return out;
}

function literal(text: string, indent: number): string {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomp = text.endsWith('\n\n') || text === '\n' ? '+' : text.endsWith('\n') ? '' : '-';
  const body = text.replace(/\n$/, '').split('\n');
  return `|${hint}${chomp}${body.map((line) => (line === '' ? '\n' : `\n${' '.repeat(indent)}${line}`)).join('')}`;
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '"': '\\"', '\\': '\\\\' };

function doubleQuoted(text: string): string {
  const escaped = Array.from(text, (character) => {
    const known = escapes[character];
    if (known) return known;
    return needsEscapes(character) ? escapeCode(character.codePointAt(0) ?? 0) : character;
  });
  return `"${escaped.join('')}"`;
}

function escapeCode(code: number): string {
  const hex = code.toString(16).toUpperCase();
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
