import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { markdown } from '../../../../../src/embedded/forge/pages/markdown.ts';

const rendered = (text: string): string => markdown(text).html.trim();

describe('markdown', () => {
  it.each([
    ['# Title', '<h2>Title</h2>'],
    ['a **b** *c* `d`', '<p>a <strong>b</strong> <em>c</em> <code>d</code></p>'],
    ['snake_case and 2 * 3 * 4', '<p>snake_case and 2 * 3 * 4</p>'],
    ['`` a ` b ``', '<p><code>a ` b</code></p>'],
    ['`**not bold**`', '<p><code>**not bold**</code></p>'],
    [
      '[a `b`](https://x.example/?q=1&r=2)',
      '<p><a href="https://x.example/?q=1&#38;r=2" rel="noreferrer noopener">a <code>b</code></a></p>',
    ],
    ['[a](javascript:alert(1))', '<p>[a](javascript:alert(1))</p>'],
    ['\\*plain\\*', '<p>*plain*</p>'],
    ['- one\n- two', '<ul><li>one</li><li>two</li></ul>'],
    ['1. one\n2. two', '<ol><li>one</li><li>two</li></ol>'],
    ['> said', '<blockquote>said</blockquote>'],
    ['```yaml\na: <b>\n```', '<pre><code>a: &#60;b&#62;</code></pre>'],
    ['<!-- hidden -->', ''],
    ['<b>shown</b>', '<p>&#60;b&#62;shown&#60;/b&#62;</p>'],
    ['one\r\ntwo', '<p>one\ntwo</p>'],
  ])('renders %j', (text, html) => {
    expect(rendered(text)).toBe(html);
  });

  it('renders what our own pull requests say', () => {
    const body = readFileSync(new URL('../../../../fixtures/pull-request.default.md', import.meta.url), 'utf8');
    const html = rendered(body);

    expect(html).toContain('<th>after merging</th>');
    expect(html).toContain('<a href="https://github.com/acme/greeter/commit/');
    expect(html).not.toMatch(/\*\*|`|^#|<!--/m);
  });

  it.each(['`', '`a', '[', '[a](', '**a', '*a', '\\', '|', '|-|\n', '> ', '- ', '```\n', '~~~ ', '\n'])(
    'takes no long time for 100,000 characters of %j',
    (part) => {
      const before = performance.now();
      rendered(part.repeat(100_000 / part.length));

      expect(performance.now() - before).toBeLessThan(3000);
    },
  );
});
