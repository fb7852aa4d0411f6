import { decodeText } from '../../../../src/openchoreo/yaml/decode.ts';

const levels = 100_000;
const times = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index));

/** Texts that a reader of YAML dies of, takes very long for, or is misled by, by what they are. None can be read. */
export const hostileTexts: Readonly<Record<string, string>> = {
  'lists in lists': '['.repeat(levels) + ']'.repeat(levels),
  'mappings in mappings': `x: ${'{a: '.repeat(levels)}${'}'.repeat(levels)}`,
  'JSON in JSON': `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`,
  'dashes behind dashes': `${'- '.repeat(levels)}a`,
  'keys that are keys': '? '.repeat(levels),
  'an ever deeper block': times(2000, (depth) => `${' '.repeat(depth)}a:`).join('\n'),
  'opening braces': '{'.repeat(500_000),
  'a large word': `a: ${'x'.repeat(10_000_000)}`,
  'a large quoted text': `a: "${'x'.repeat(10_000_000)}"`,
  'a large block of text': `a: |\n${'  xxxxxxxxxxxxxxxxxxxxxxxx\n'.repeat(200_000)}`,
  'a long number': `a: ${'1'.repeat(500_000)}\nb: [`,
  'many underscores': `a: 1${'_'.repeat(1_400_000)}\nb: [`,
  'many keys': times(300_000, (index) => `k${index}: v`).join('\n'),
  'many items': '- a\n'.repeat(500_000),
  'the same key': 'a: 1\n'.repeat(300_000),
  'many broken JSON values': `${'{"a":1}'.repeat(50_000)}x`,
  'a JSON text without end': `{"${'\\"'.repeat(1_000_000)}`,
  'quotes without end': `{${'"a '.repeat(300_000)}`,
  'a billion laughs': bomb((words) => `[${words.join(', ')}]`),
  'a billion merges': bomb((words) => `{${words.map((word, index) => `k${index}: ${word}`).join(', ')}}`),
  'a large text, many times': `a: &a ${'x'.repeat(1000)}\nb: [${times(60_000, () => '*a').join(',')}]`,
  'a chain of merges': ['m0: &m0 {k0: v}', ...times(5000, (i) => `m${i + 1}: &m${i + 1} {<<: *m${i}, k${i}: v}`)].join(
    '\n',
  ),
  'a chain of aliases': ['k: &a [x]', ...times(20_000, (index) => `k${index}: &a [*a]`)].join('\n'),
  'an alias in its own anchor': 'a: &a [*a]',
  'a merge of itself': 'a: &a\n  <<: *a\n',
  'many tags': `${'!a '.repeat(levels)}x`,
  'a long tag': `!${'a'.repeat(1_000_000)} [`,
  'many anchors': `${'&a '.repeat(levels)}x`,
  'a long anchor': `*${'a'.repeat(1_000_000)}`,
  'many directives': `${'%YAML 1.1\n'.repeat(levels)}---\na: [`,
  'blank lines': `${' \n'.repeat(400_000)}a: 1`,
  'a long line of blanks': `${' '.repeat(1_400_000)}a: [`,
  tabs: `${'\t'.repeat(200_000)}a: 1`,
  comments: `${'# x\n'.repeat(300_000)}a: [`,
  'lines of one word': `a: b\n${'  c\n'.repeat(300_000)}b: [`,
  NUL: `a: ${'\0'.repeat(100_000)}`,
  'half a surrogate pair': 'a: "\\ud800"',
  'no Unicode': 'a: "\\UFFFFFFFF"',
  'UTF-16': decodeText(Buffer.from('\uFEFFendpoints: []\n', 'utf16le')),
  'UTF-32': decodeText(Buffer.from('\uFEFF\0e\0n\0d\0', 'utf16le')),
  'latin-1': decodeText(Buffer.from('a: caf\xe9\n', 'latin1')),
  'marks within': 'a: 1\n\uFEFFb: [',
  'a list as a key': '? [a, b]\n: c',
  'a mapping as a key': '{{a: b}: c}',
  'no key': '~: a',
  'a binary that is none': `a: !!binary ${'?'.repeat(1000)}\nb: [`,
  'a number that is none': 'a: !!int x\nb: [',
  'an unknown handle': 'a: !foo!bar 7',
  'a tag without end': 'a: !< 7',
  'a template': '{{- if .Values.x }}\na: 1\n{{- end }}\n',
  'a separator with text': 'a: 1\n---b\n',
};

function bomb(item: (words: readonly string[]) => string): string {
  const lines = times(
    9,
    (level) => `a${level}: &a${level} ${item(times(10, () => (level === 0 ? 'x' : `*a${level - 1}`)))}`,
  );
  return lines.join('\n');
}
