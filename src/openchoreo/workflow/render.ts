import { evaluateExpression, omitted } from './expression.ts';
import { isPlainObject } from './plain-object.ts';
import { fieldPath, type Problem } from './problem.ts';
import { toText } from './to-text.ts';

/** The names that a template may use, by their first part: `metadata`, `parameters` and so on. */
export type TemplateScope = Readonly<Record<string, unknown>>;

/**
 * Fills the `${CEL}` of a template; a text that is one expression and nothing else becomes the value itself, and what is
 * `oc_omit()` is left out. Values are never expanded again. What cannot be filled is a problem that names the expression,
 * and its text stays. Without a scope the template is filled already, and stays as it is.
 */
export function renderTemplate(
  template: unknown,
  scope: TemplateScope | null,
  path: string,
): { readonly value: unknown; readonly problems: readonly Problem[] } {
  if (scope === null) return { value: template, problems: [] };
  const problems: Problem[] = [];
  return { value: renderValue(template, scope, path, problems), problems };
}

/** The paths that a text's expressions name, such as `parameters.docker.context`; what stands in their quotes is none. */
export function expressionPaths(text: string): readonly string[] {
  return expressionsOf(text).flatMap(
    (body) =>
      body
        .replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '""')
        .match(/(?<![\w.])(?:metadata|parameters|systemParameters|secretRef)(?:\.[A-Za-z_]\w*)+(?!\w*\()/g) ?? [],
  );
}

/** What stands between the `${` and `}` of a text. */
export function expressionsOf(text: string): readonly string[] {
  return splitText(text).flatMap((part) => (part.kind === 'expression' ? [part.body] : []));
}

/** A text without its expressions. */
export function withoutExpressions(text: string): string {
  return splitText(text)
    .map((part) => (part.kind === 'text' ? part.source : ''))
    .join('');
}

/** The value at a dotted path below the scope, or undefined. */
export function valueAt(scope: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((at, name) => (isPlainObject(at) && Object.hasOwn(at, name) ? at[name] : undefined), scope);
}

function renderValue(template: unknown, scope: TemplateScope, path: string, problems: Problem[]): unknown {
  if (typeof template === 'string') return renderText(template, scope, path, problems);
  if (Array.isArray(template)) {
    return template
      .map((item, at) => renderValue(item, scope, `${path}[${at}]`, problems))
      .filter((item) => item !== omitted);
  }
  if (!isPlainObject(template)) return template;
  const entries = Object.entries(template).map(([name, value]): [string, unknown] => {
    const at = fieldPath(path, name);
    return [renderKey(name, scope, at, problems), renderValue(value, scope, at, problems)];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== omitted));
}

function renderKey(name: string, scope: TemplateScope, path: string, problems: Problem[]): string {
  const key = renderText(name, scope, path, problems);
  if (typeof key === 'string') return key;
  problems.push({ path, message: 'must give a text, as it is a key' });
  return name;
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
    .map((part) => (part.kind === 'text' ? part.source : textOf(fill(part), path, problems)))
    .join('');
}

function textOf(value: unknown, path: string, problems: Problem[]): string {
  if (value !== omitted) return toText(value);
  problems.push({ path, message: 'oc_omit() leaves out a whole value and cannot stand inside a text' });
  return '';
}

function evaluate({ source, body }: Expression, scope: TemplateScope): { value: unknown; problem?: string } {
  if (isPath(body) && Object.hasOwn(scope, body.split('.', 1)[0] ?? '')) {
    const value = valueAt(scope, body);
    return value === undefined
      ? { value: source, problem: `${source} names something that does not exist` }
      : { value };
  }
  try {
    return { value: evaluateExpression(body, scope) };
  } catch (error) {
    return { value: source, problem: error instanceof Error ? error.message : String(error) };
  }
}

const isPath = (body: string): boolean => /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(body);

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
