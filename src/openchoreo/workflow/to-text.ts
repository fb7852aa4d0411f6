/** A value as it stands inside a text: numbers in decimals however large, lists and maps as JSON. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Number.isInteger(value)) return BigInt(Number(value)).toString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
