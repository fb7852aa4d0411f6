import type { Environment } from '@marcbachmann/cel-js';
import { compilePattern } from './constraints.ts';

/** The name of a `matches` whose time grows with the text's length only, as OpenChoreo's does. */
export const safeMatches = 'matchesRe2';

/** What OpenChoreo's CEL has and the library lacks: more on texts and lists, `math`, `base64`, `sets`, and whole numbers beside others. */
export function registerExtensions(made: Environment): void {
  registerTexts(made);
  registerLists(made);
  registerNumbers(made);
  registerSpace(made, 'base64');
  made.registerFunction('base64.encode(bytes): string', (_: unknown, bytes: Uint8Array) =>
    Buffer.from(bytes).toString('base64'),
  );
  made.registerFunction('base64.decode(string): bytes', (_: unknown, text: string) => {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Error('base64.decode: the text is not base64');
    return new Uint8Array(Buffer.from(text, 'base64'));
  });
}

/** A name that functions stand behind, as in `math.abs(1)`; the library knows such functions only of values. */
function registerSpace(made: Environment, name: string): void {
  const Space = class {};
  made.registerType(name, Space);
  made.registerConstant(name, name, new Space());
}

function registerTexts(made: Environment): void {
  made.registerFunction('string.replace(string, string): string', (text: string, old: string, by: string) =>
    text.replaceAll(old, () => by),
  );
  made.registerFunction(
    'string.replace(string, string, int): string',
    (text: string, old: string, by: string, most: bigint) => {
      let done = 0n;
      return text.replaceAll(old, (found) => (most >= 0n && done++ >= most ? found : by));
    },
  );
  made.registerFunction(`string.${safeMatches}(string): bool`, (text: string, pattern: string) =>
    compilePattern(pattern).matcher(text).find(),
  );
  made.registerFunction('string.charAt(int): string', (text: string, at: bigint) => {
    const letters = [...text];
    if (at < 0n || at > BigInt(letters.length)) throw new Error(`charAt: there is no letter ${at}`);
    return letters[Number(at)] ?? '';
  });
  made.registerFunction('string.reverse(): string', (text: string) => [...text].reverse().join(''));
}

function registerLists(made: Environment): void {
  made.registerFunction('list.slice(int, int): list', (items: unknown[], from: bigint, to: bigint) => {
    if (from < 0n || to < from || to > BigInt(items.length))
      throw new Error(`slice: there are no items ${from} to ${to}`);
    return items.slice(Number(from), Number(to));
  });
  made.registerFunction('list.flatten(): list', (items: unknown[]) => items.flat());
  made.registerFunction('list.distinct(): list', (items: unknown[]) => {
    const identities = items.map(identity);
    return items.filter((_, at) => identities.indexOf(identities[at] ?? '') === at);
  });
  made.registerFunction('list.reverse(): list', (items: unknown[]) => items.toReversed());
  made.registerFunction('list.sort(): list', (items: Comparable[]) => {
    const kinds = new Set(items.map((item) => (typeof item === 'bigint' ? 'number' : typeof item)));
    if (kinds.size > 1 || kinds.has('object')) throw new Error('sort: the items must all be texts or all be numbers');
    return items.toSorted((a, b) => (isLess(a, b) ? -1 : isLess(b, a) ? 1 : 0));
  });
  registerSpace(made, 'lists');
  made.registerFunction('lists.range(int): list', (_: unknown, size: bigint) => {
    if (size > 1000n) throw new Error('lists.range: 1000 at most');
    return Array.from({ length: Math.max(0, Number(size)) }, (_item, at) => BigInt(at));
  });
  registerSpace(made, 'sets');
  const identities = (items: unknown[]) => new Set(items.map(identity));
  const register = (name: string, holds: (a: Set<string>, b: Set<string>) => boolean) =>
    made.registerFunction(`sets.${name}(list, list): bool`, (_: unknown, a: unknown[], b: unknown[]) =>
      holds(identities(a), identities(b)),
    );
  register('contains', (a, b) => a.isSupersetOf(b));
  register('equivalent', (a, b) => a.isSupersetOf(b) && b.isSupersetOf(a));
  register('intersects', (a, b) => !a.isDisjointFrom(b));
}

type Numeric = bigint | number;
type Comparable = Numeric | string;

function registerNumbers(made: Environment): void {
  const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
  };
  for (const [sign, calculate] of Object.entries(operators))
    for (const types of [`int ${sign} double`, `double ${sign} int`])
      made.registerOperator(`${types}: double`, (a: Numeric, b: Numeric) => calculate(Number(a), Number(b)));
  registerSpace(made, 'math');
  const most = (items: readonly Numeric[], isBetter: (a: Numeric, b: Numeric) => boolean): Numeric => {
    if (items.length === 0 || !items.every((item) => ['bigint', 'number'].includes(typeof item)))
      throw new Error('math.greatest and math.least take numbers');
    return items.reduce((best, item) => (isBetter(item, best) ? item : best));
  };
  const choices = { greatest: (a: Numeric, b: Numeric) => isLess(b, a), least: isLess };
  for (const [name, isBetter] of Object.entries(choices)) {
    made.registerFunction(`math.${name}(list): dyn`, (_: unknown, items: Numeric[]) => most(items, isBetter));
    for (let count = 2; count <= 5; count++) {
      const types = Array(count).fill('dyn').join(', ');
      made.registerFunction(`math.${name}(${types}): dyn`, (_: unknown, ...items: Numeric[]) => most(items, isBetter));
    }
  }
  made.registerFunction('math.abs(int): int', (_: unknown, value: bigint) => (value < 0n ? -value : value));
  made.registerFunction('math.abs(double): double', (_: unknown, value: number) => Math.abs(value));
  const roundings = { ceil: Math.ceil, floor: Math.floor, trunc: Math.trunc, round: awayFromZero };
  for (const [name, round] of Object.entries(roundings))
    made.registerFunction(`math.${name}(double): double`, (_: unknown, value: number) => round(value));
}

const awayFromZero = (value: number): number => Math.sign(value) * Math.round(Math.abs(value));

const isLess = (a: Comparable, b: Comparable): boolean => a < b;

/** Equal for values that are equal in CEL, where 1 and 1.0 are. */
function identity(value: unknown): string {
  const plain = (_key: string, part: unknown): unknown =>
    typeof part === 'bigint' ? Number(part) : part instanceof Map ? Object.fromEntries(part) : part;
  return JSON.stringify(value, plain);
}
