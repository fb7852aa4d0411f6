import { z } from 'zod';
import { isMapping, type Typed } from './compose.ts';

/** Text; numbers and booleans become text as the original tool writes them, nothing becomes empty text. */
export const words = z.unknown().transform((value, context) => {
  const text = typedText(value as Typed);
  if (text !== undefined) return text;
  context.addIssue(`must be text, not a ${Array.isArray(value) ? 'list' : 'mapping'}`);
  return z.NEVER;
});

/** A whole number of 32 bits; nothing becomes 0. */
export const int32 = z.unknown().transform((value, context) => {
  if (value === null || value === undefined) return 0;
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= -(2 ** 31) && number < 2 ** 31) return number;
  context.addIssue(
    typeof value === 'string' ? 'must be a number: remove the quotes' : 'must be a whole number of at most 2147483647',
  );
  return z.NEVER;
});

/** A list of such items; nothing becomes an empty list. */
export const items = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => value ?? [], z.array(item, 'must be a list'));

/** A mapping from text to text; nothing becomes an empty mapping. */
export const wordMap = z.preprocess((value) => value ?? {}, z.record(z.string(), words, 'must be a mapping'));

/** A mapping with these fields, named in any case; others are dropped, and nothing becomes a mapping without any. */
export function fields<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const names = Object.keys(shape);
  const pick = (value: unknown) => {
    const source = value ?? {};
    if (!isMapping(source)) return value;
    const entries = Object.entries(source);
    const find = (name: string) => {
      const exact = entries.find(([key]) => key === name);
      return (exact ?? entries.findLast(([key]) => key.toLowerCase() === name.toLowerCase()))?.[1] ?? null;
    };
    return Object.fromEntries(names.map((name) => [name, find(name)]));
  };
  return z.preprocess(pick, z.object(shape, 'must be a mapping'));
}

/** A scalar as text, as the original tool writes it; undefined for a list or mapping. */
export function typedText(value: Typed | undefined): string | undefined {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return floatText(value);
  return typeof value === 'object' ? undefined : String(value);
}

/** Shortest text that reads back as the same single-precision number, with an exponent below 1e-4 and from 1e6 on. */
function floatText(value: number): string {
  const single = Math.fround(value);
  if (single === 0) return Object.is(single, -0) ? '-0' : '0';
  if (!Number.isFinite(single)) return String(value);
  const precision =
    [1, 2, 3, 4, 5, 6, 7, 8, 9].find((digits) => Math.fround(Number(single.toPrecision(digits))) === single) ?? 9;
  const [mantissa = '', power = '0'] = single.toExponential(precision - 1).split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(Number(single.toPrecision(precision)));
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
