const letter = /\p{L}/u;
const digit = /[0-9]/;

/** Compares two keys in the original tool's order: letters by code point, anything else before letters, punctuation before digits, runs of digits by their number. */
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
    const [m, n] = [leadingDigits(a.slice(index)), leadingDigits(b.slice(index))];
    return Number(m) - Number(n) || m.length - n.length || codePoint(x) - codePoint(y);
  }
  return a.length - b.length;
}

/** The run of digits that the characters begin with; none counts as zero. */
function leadingDigits(characters: readonly string[]): string {
  const end = characters.findIndex((character) => !digit.test(character));
  return (end === -1 ? characters : characters.slice(0, end)).join('');
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}
