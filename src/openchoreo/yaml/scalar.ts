/** What an unquoted scalar means: bigint is an integer, number a float. */
export type Scalar = string | bigint | number | boolean | null;

const words = new Map<string, Scalar>([
  ['', null],
  ['~', null],
]);
const spellings = (word: string) => [word, word.toUpperCase(), (word[0] ?? '').toUpperCase() + word.slice(1)];
for (const word of ['y', 'yes', 'on', 'true']) for (const spelling of spellings(word)) words.set(spelling, true);
for (const word of ['n', 'no', 'off', 'false']) for (const spelling of spellings(word)) words.set(spelling, false);
for (const spelling of spellings('null')) words.set(spelling, null);
for (const spelling of ['inf', 'Inf', 'INF']) {
  for (const sign of ['', '+']) words.set(`${sign}.${spelling}`, Number.POSITIVE_INFINITY);
  words.set(`-.${spelling}`, Number.NEGATIVE_INFINITY);
}
for (const spelling of ['nan', 'NaN', 'NAN']) words.set(`.${spelling}`, Number.NaN);

const digitsByPrefix: Readonly<Record<string, RegExp>> = {
  '0x': /^[0-9a-f]+$/i,
  '0o': /^[0-7]+$/,
  '0b': /^[01]+$/,
};
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

/** Resolves an unquoted scalar by the YAML 1.1 rules of go-yaml v2. Infinity and NaN come back as such; JSON cannot hold them. */
export function resolveScalar(text: string): Scalar {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.0-9]/.test(text)) return text;
  // A leading dot alone keeps its underscores: `.5_0` is a text.
  const plain = text.startsWith('.') ? text : text.replaceAll('_', '');
  const integer = resolveInteger(plain);
  if (integer !== undefined) return integer;
  if (!float.test(plain)) return text;
  const value = Number(plain);
  return Number.isFinite(value) ? value : text;
}

function resolveInteger(text: string): bigint | undefined {
  const negative = text.startsWith('-');
  const unsigned = /^[-+]/.test(text) ? text.slice(1) : text;
  const magnitude = resolveDigits(unsigned);
  if (magnitude === undefined) return undefined;
  const limit = negative ? 2n ** 63n : 2n ** 64n - 1n;
  if (magnitude > limit) return undefined;
  return negative ? -magnitude : magnitude;
}

function resolveDigits(text: string): bigint | undefined {
  const digits = digitsByPrefix[text.slice(0, 2).toLowerCase()];
  if (digits) return digits.test(text.slice(2)) ? BigInt(text.toLowerCase()) : undefined;
  if (!/^[0-9]+$/.test(text)) return undefined;
  if (!text.startsWith('0')) return BigInt(text);
  return /^[0-7]+$/.test(text) ? BigInt(`0o${text}`) : undefined;
}
