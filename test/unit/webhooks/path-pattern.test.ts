import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathPattern } from '../../../src/webhooks/path-pattern.ts';
import { runs } from '../../support/properties.ts';

/** The meaning of patterns, said as simply as possible. */
function matchesName(glob: string, name: string): boolean {
  if (glob === '') return name === '';
  const rest = glob.slice(1);
  if (glob.startsWith('*')) return matchesName(rest, name) || (name !== '' && matchesName(glob, name.slice(1)));
  return name !== '' && (glob.startsWith('?') || glob.charAt(0) === name.charAt(0)) && matchesName(rest, name.slice(1));
}

function matchesParts([glob, ...globs]: readonly string[], names: readonly string[]): boolean {
  const [name, ...rest] = names;
  if (glob === undefined) return name === undefined;
  if (glob === '**') return matchesParts(globs, names) || (name !== undefined && matchesParts([glob, ...globs], rest));
  return name !== undefined && matchesName(glob, name) && matchesParts(globs, rest);
}

describe('pathPattern', () => {
  it.each([
    ['*.md', 'README.md', true],
    ['*.md', 'docs/README.md', false],
    ['**/*.md', 'README.md', true],
    ['**/*.md', 'docs/a/README.md', true],
    ['docs/**', 'docs/a/b', true],
    ['docs/**', 'docs2/a', false],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['v?.txt', 'v1.txt', true],
    ['v?.txt', 'v/1.txt', false],
    ['*', '.hidden', true],
    ['.', 'any/thing', true],
  ])('%s of %s: %j', (pattern, path, answer) => {
    expect(pathPattern(pattern)(path)).toBe(answer);
  });

  it('agrees with its plain meaning', () => {
    const name = fc.stringMatching(/^[ab.-]{1,4}$/);
    const glob = fc.oneof(fc.constant('**'), fc.stringMatching(/^[ab.*?-]{1,4}$/));
    const path = (part: fc.Arbitrary<string>) =>
      fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(
        path(glob).filter((text) => /[*?]/.test(text)),
        path(name),
        (pattern, text) => {
          expect(pathPattern(pattern)(text)).toBe(matchesParts(pattern.split('/'), text.split('/')));
        },
      ),
      runs(2000),
    );
  });

  it.each([
    [`${'*a'.repeat(49)}b`, 'a'.repeat(4000)],
    [`${'**/a/'.repeat(19)}b`, `${'a/'.repeat(2000)}c`],
    [`${'*?'.repeat(49)}b`, 'a'.repeat(4000)],
  ])('takes a moment for %s, whatever the path', (pattern, path) => {
    const began = performance.now();
    expect(pathPattern(pattern)(path)).toBe(false);
    expect(performance.now() - began).toBeLessThan(500);
  });
});
