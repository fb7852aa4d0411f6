import { isPlainObject } from './plain-object.ts';
import { fieldPath, type Problem } from './problem.ts';

/** The names that a template may use, by their first part: `metadata`, `parameters` and so on. */
export type TemplateScope = Readonly<Record<string, unknown>>;

/**
 * Fills the `${a.b.c}` of a template; a text that is one expression and nothing else becomes the value itself. Values are
 * never expanded again. What cannot be filled is a problem that names the expression, and its text stays.
 */
export function renderTemplate(
  template: unknown,
  scope: TemplateScope,
  path: string,
): { readonly value: unknown; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  return { value: renderValue(template, scope, path, problems), problems };
}

/** The paths that a text's expressions name, such as `parameters.docker.context`. */
export function expressionPaths(text: string): readonly string[] {
  return splitText(text).flatMap((part) => (part.kind === 'expression' && isPath(part.body) ? [part.body] : []));
}

/** The value at a dotted path below the scope, or undefined. */
export function valueAt(scope: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((at, name) => (isPlainObject(at) && Object.hasOwn(at, name) ? at[name] : undefined), scope);
}

function renderValue(template: unknown, scope: TemplateScope, path: string, problems: Problem[]): unknown {
  if (typeof template === 'string') return renderText(template, scope, path, problems);
  if (Array.isArray(template)) return template.map((item, at) => renderValue(item, scope, `${path}[${at}]`, problems));
  if (!isPlainObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) => {
      const at = fieldPath(path, name);
      return [toText(renderText(name, scope, at, problems)), renderValue(value, scope, at, problems)];
    }),
  );
}

function renderText(text: string, scope: TemplateScope, path: string, problems: Problem[]): unknown {
  const fill = (part: Expression): unknown => {
    const { value, problem } = evaluate(part, scope);
    if (problem !== undefined) problems.push({ path, message: problem });
    return value;
  };
  const [only, ...more] = splitText(text.trim());
  if (only?.kind === 'expression' && more.length === 0) return fill(only);
  return splitText(text)
    .map((part) => (part.kind === 'text' ? part.source : toText(fill(part))))
    .join('');
}

function evaluate({ source, body }: Expression, scope: TemplateScope): { value: unknown; problem?: string } {
  if (!isPath(body)) {
    const problem = `${source} is more than a path of names; only expressions such as \${parameters.docker.context} are supported so far`;
    return { value: source, problem };
  }
  const value = valueAt(scope, body);
  return value === undefined ? { value: source, problem: `${source} names something that does not exist` } : { value };
}

const isPath = (body: string): boolean => /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(body);

/** A value as it stands inside a text: numbers in decimals however large, lists and maps as JSON. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Number.isInteger(value)) return BigInt(Number(value)).toString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

interface Expression {
  readonly kind: 'expression';
  readonly source: string;
  readonly body: string;
}

function splitText(text: string): readonly (Expression | { readonly kind: 'text'; readonly source: string })[] {
  const parts: (Expression | { kind: 'text'; source: string })[] = [];
  let from = 0;
  for (let start = text.indexOf('${'); start >= 0; start = text.indexOf('${', from)) {
    const end = expressionEnd(text, start + 2);
    if (end < 0) break;
    if (start > from) parts.push({ kind: 'text', source: text.slice(from, start) });
    parts.push({ kind: 'expression', source: text.slice(start, end + 1), body: text.slice(start + 2, end).trim() });
    from = end + 1;
  }
  if (from < text.length) parts.push({ kind: 'text', source: text.slice(from) });
  return parts;
}

/** Where the brace closes that opened before `from`, braces in quotes not counted; -1 where it never does. */
function expressionEnd(text: string, from: number): number {
  let depth = 1;
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return at;
  }
  return -1;
}
