import fc from 'fast-check';

const times = Number(process.env['FC_RUNS'] ?? 1);
const seed = Number(process.env['FC_SEED'] ?? (times === 1 ? 1 : Date.now() % 2 ** 31));

/** How often a property is tried: with the same values each time, unless `FC_RUNS` asks for so many times more, or `FC_SEED` for others. */
export function runs(usual: number): { readonly numRuns: number; readonly seed: number } {
  return { numRuns: usual * times, seed };
}

/** Texts that YAML 1.1 takes for something else, or that its plain style cannot hold. */
const traps = [
  ...['y', 'Y', 'yes', 'n', 'No', 'on', 'OFF', 'true', 'False', 'null', 'Null', '~', '', '.inf', '-.INF', '.NaN'],
  ...['0x1F', '0755', '0o17', '0b11', '1_000', '007', '08', '1.', '.5', '1e3', '1e400', '-0', '+1', '12345e7', '0x_1'],
  ...['9007199254740993', '18446744073709551616', '12:30', '190:20:30', '2024-01-02', '2001-12-14t21:59:43.10-05:00'],
  ...[
    '<<',
    '=',
    '---',
    '--- a',
    '...',
    '- a',
    '? a',
    ': a',
    'a: b',
    'a #b',
    '#',
    '&a',
    '*a',
    '!a',
    '!!str',
    '@',
    '`',
    '%',
  ],
  ...[
    '{a: b}',
    '[',
    ']',
    '{{ a }}',
    '|',
    '>',
    '>-',
    "'",
    '"',
    "it's",
    ' a',
    'a ',
    '\t',
    'a\tb',
    '\n',
    '\n\n',
    ' \n',
    'a \nb',
  ],
  ...['a\n', 'a\n\n', '\na', ' a\nb', 'a\n  b', 'a\r\nb', '\r', '__proto__', 'constructor', 'prototype', 'toString'],
  ...[
    '\0',
    '\u0007',
    '\u007f',
    '\u0085',
    'a\u0085b',
    '\u00a0',
    '\u2028',
    '\ufeff',
    '\ufeffa',
    '\ufffd',
    '\uffff',
    '😀',
    'é',
  ],
];

/** Any text, most often a treacherous one. No half surrogate pairs: no file holds those. */
export const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...traps) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  {
    weight: 2,
    arbitrary: fc.string({ unit: fc.constantFrom(...' \n\t:#-?,[]{}&*!|>\'"%@`ab019._xe+=<~\u0085é😀\\/') }),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom('word', 'a', "it's", ' ', 'longer-than-others:', '#x'), { maxLength: 40 })
      .map((words) => words.join(' ')),
  },
);

const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
);

/** Anything that JSON can hold. */
export const json = fc.letrec<{ value: unknown; mapping: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 4, arbitrary: text },
    { weight: 2, arbitrary: number },
    fc.constantFrom(true, false, null),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('mapping'),
  ),
  mapping: fc
    .array(fc.tuple(text, tie('value')), { maxLength: 4 })
    .map((entries): Record<string, unknown> => Object.fromEntries(entries)),
}));

/** A value as JSON without the characters that JSON takes as they are and YAML refuses. */
export function asciiJson(value: unknown): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(value, null, 1).replaceAll(/[\u007f-\uffff]/g, escaped)}\n`;
}

const pieces = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '\n',
      ' ',
      '  ',
      ':',
      ': ',
      '"',
      "'",
      '#',
      ' #',
      '-',
      '{',
      '}',
      '|\n',
      '>\n',
      '&a ',
      '*a',
      '!!str ',
      '---\n',
      '\r\n',
      '\t',
      '\u00a0',
      '\ufeff',
      '\u2028',
      '%',
      '? ',
      ',',
      '\\',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'kind: Trait\n',
      'name: a\n',
      '  name: b\n',
      'metadata: {name: c}\n',
      'spec:\n',
      '<<: *a\n',
      '  owner: {projectName: y}\n',
      'namespace:\n',
      'x: |\n',
      'x: >-\n',
      '"kind": A\n',
      "'metadata':\n",
      'apiVersion: v1\n',
    ),
  },
  { weight: 1, arbitrary: text },
);

/** A text of which stretches are cut out, and others put in, in one to four places. */
export function mutationsOf(seed: string): fc.Arbitrary<string> {
  const change = fc.tuple(fc.nat(seed.length), fc.constantFrom(0, 0, 1, 2, 8, 20), pieces);
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) =>
      changes.reduce((whole, [at, cut, piece]) => whole.slice(0, at) + piece + whole.slice(at + cut), seed),
    );
}
