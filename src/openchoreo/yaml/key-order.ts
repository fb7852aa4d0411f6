const letter = /\p{L}/u;
const digit = /\p{Nd}/u;

/** Compares two keys in the original tool's order: letters by code point, anything else before letters, runs of digits by their number. */
export function compareKeys(left: string, right: string): number {
  const a = Array.from(left);
  const b = Array.from(right);
  for (let index = 0; index < a.length && index < b.length; index += 1) {
    const x = a[index] ?? '';
    const y = b[index] ?? '';
    if (x === y) continue;
    if (letter.test(x) || letter.test(y)) {
      if (letter.test(x) && letter.test(y)) return codePoint(x) - codePoint(y);
      return letter.test(x) ? 1 : -1;
    }
    return compareNumbers(a.slice(index), b.slice(index)) || codePoint(x) - codePoint(y);
  }
  return a.length - b.length;
}

function compareNumbers(left: readonly string[], right: readonly string[]): number {
  const a = leadingNumber(left);
  const b = leadingNumber(right);
  return a === undefined || b === undefined ? 0 : a - b;
}

function leadingNumber(characters: readonly string[]): number | undefined {
  const end = characters.findIndex((character) => !digit.test(character));
  const digits = end === -1 ? characters : characters.slice(0, end);
  return digits.length === 0 ? undefined : Number(digits.join(''));
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}
