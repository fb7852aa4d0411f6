import { escapeHtml, type Html } from './html.ts';

const limit = 100_000;

/**
 * Renders the Markdown that pull requests are made of: headings, lists, tables, quotes, code, emphasis and http links. HTML is shown as
 * text, comments on their own line are left out. Longer texts than 100,000 characters are cut.
 */
export function markdown(text: string): Html {
  return { html: blocks(text.slice(0, limit).replaceAll('\r\n', '\n').split('\n')) };
}

interface Block {
  readonly html: string;
  /** How many lines it took. */
  readonly taken: number;
}

function blocks(lines: readonly string[]): string {
  const written: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const rest = lines.slice(at, at + 2000);
    const block =
      skipped(rest) ?? fence(rest) ?? heading(rest) ?? table(rest) ?? list(rest) ?? quote(rest) ?? paragraph(rest);
    written.push(block.html);
    at += block.taken;
  }
  return written.join('\n');
}

function skipped([line = '']: readonly string[]): Block | undefined {
  return line.trim() === '' || /^<!--.*-->\s*$/.test(line) ? { html: '', taken: 1 } : undefined;
}

function fence(lines: readonly string[]): Block | undefined {
  const marker = /^ {0,3}(`{3,}|~{3,})/.exec(lines[0] ?? '')?.[1];
  if (marker === undefined) return undefined;
  const end = lines.findIndex((line, index) => index > 0 && line.trim().startsWith(marker));
  const code = lines.slice(1, end < 0 ? undefined : end);
  return { html: `<pre><code>${escapeHtml(code.join('\n'))}</code></pre>`, taken: end < 0 ? lines.length : end + 1 };
}

function heading([line = '']: readonly string[]): Block | undefined {
  const [, marks = '', title = ''] = /^(#{1,6})\s+(.*)$/.exec(line) ?? [];
  // The page's own title is the first heading.
  const level = Math.min(6, marks.length + 1);
  return marks === '' ? undefined : { html: `<h${level}>${inline(title)}</h${level}>`, taken: 1 };
}

function table(lines: readonly string[]): Block | undefined {
  if (!isRow(lines[0]) || !/^\|(\s*:?-+:?\s*\|)+\s*$/.test(lines[1] ?? '')) return undefined;
  const end = lines.findIndex((line) => !isRow(line));
  const rows = lines.slice(0, end < 0 ? undefined : end);
  const [head = '', , ...body] = rows;
  const row = (line: string, tag: 'th' | 'td'): string =>
    `<tr>${cells(line)
      .map((cell) => `<${tag}>${inline(cell)}</${tag}>`)
      .join('')}</tr>`;
  return {
    html: `<div class="wide"><table><thead>${row(head, 'th')}</thead><tbody>${body.map((line) => row(line, 'td')).join('')}</tbody></table></div>`,
    taken: rows.length,
  };
}

function isRow(line: string | undefined): boolean {
  return /^\|.*\|\s*$/.test(line ?? '');
}

function cells(line: string): string[] {
  return line
    .trim()
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());
}

function list(lines: readonly string[]): Block | undefined {
  const pattern = [/^\s{0,3}[-*+]\s+(.*)$/, /^\s{0,3}\d+[.)]\s+(.*)$/].find((candidate) =>
    candidate.test(lines[0] ?? ''),
  );
  if (pattern === undefined) return undefined;
  const end = lines.findIndex((line) => !pattern.test(line));
  const items = lines.slice(0, end < 0 ? undefined : end);
  const tag = /^\s*\d/.test(items[0] ?? '') ? 'ol' : 'ul';
  return {
    html: `<${tag}>${items.map((item) => `<li>${inline(pattern.exec(item)?.[1] ?? '')}</li>`).join('')}</${tag}>`,
    taken: items.length,
  };
}

function quote(lines: readonly string[]): Block | undefined {
  const end = lines.findIndex((line) => !line.startsWith('>'));
  const quoted = lines.slice(0, end < 0 ? undefined : end);
  if (quoted.length === 0) return undefined;
  return {
    html: `<blockquote>${quoted.map((line) => inline(line.replace(/^>\s?/, ''))).join('<br>')}</blockquote>`,
    taken: quoted.length,
  };
}

function paragraph(lines: readonly string[]): Block {
  const ends = (line: string): boolean =>
    line.trim() === '' || /^(#{1,6}\s|>|```|~~~|\||<!--|\s{0,3}[-*+]\s|\s{0,3}\d+[.)]\s)/.test(line);
  const end = lines.findIndex((line, index) => index > 0 && ends(line));
  const text = lines.slice(0, end < 0 ? undefined : end);
  return { html: `<p>${inline(text.join('\n'))}</p>`, taken: text.length };
}

const span =
  /(?<!`)(?<ticks>`+)(?!`)(?<code>[\s\S]*?[^`])\k<ticks>(?!`)|\[(?<label>[^[\]\n]{1,500})\]\((?<address>https?:\/\/[^\s()<>"]{1,2000})\)|\*\*(?<bold>[^*\n]{1,2000})\*\*|(?<![\w*])\*(?<emphasis>[^*\s][^*\n]{0,2000})\*(?![\w*])|\\(?<escaped>[!-/:-@[-`{-~])/g;

function inline(text: string): string {
  let written = '';
  let end = 0;
  for (const match of text.matchAll(span)) {
    written += escapeHtml(text.slice(end, match.index)) + spanHtml(match.groups ?? {});
    end = match.index + match[0].length;
  }
  return written + escapeHtml(text.slice(end));
}

function spanHtml(groups: Readonly<Record<string, string | undefined>>): string {
  const { code, label, address, bold, emphasis, escaped } = groups;
  if (code !== undefined) return `<code>${escapeHtml(code.replace(/^ (.*) $/s, '$1'))}</code>`;
  if (label !== undefined && address !== undefined)
    return `<a href="${escapeHtml(address)}" rel="noreferrer noopener">${inline(label)}</a>`;
  if (bold !== undefined) return `<strong>${inline(bold)}</strong>`;
  if (emphasis !== undefined) return `<em>${inline(emphasis)}</em>`;
  return escapeHtml(escaped ?? '');
}
