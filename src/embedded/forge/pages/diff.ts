import { type Html, html } from './html.ts';

const lineLimit = 5000;

/** A unified diff as one folding, coloured block a file; cut after 5,000 lines. */
export function diffView(text: string): Html {
  const lines = text.split('\n');
  const shown = lines.slice(0, lineLimit).join('\n');
  const files = shown.split(/^(?=diff --git )/m).filter((file) => file.trim() !== '');
  const rest =
    lines.length > lineLimit ? html`<p class="quiet">${lines.length - lineLimit} more lines are not shown.</p>` : null;
  if (files.length === 0) return html`<p class="quiet">No changes.</p>`;
  return html`${files.map(fileView)}${rest}`;
}

function fileView(file: string): Html {
  const lines = file.trimEnd().split('\n');
  const start = lines.findIndex((line) => line.startsWith('@@') || line.startsWith('Binary'));
  const body = start < 0 ? [] : lines.slice(start);
  const count = (sign: string): number => body.filter((line) => line.startsWith(sign)).length;
  return html`<details open class="file"><summary><code>${fileName(lines)}</code> <span class="plus">+${count('+')}</span> <span class="minus">−${count('-')}</span></summary>
<pre class="diff">${body.map(lineView)}</pre></details>`;
}

function fileName(lines: readonly string[]): string {
  const after = lines.find((line) => line.startsWith('+++ '))?.slice(4);
  const before = lines.find((line) => line.startsWith('--- '))?.slice(4);
  const name = after !== undefined && after !== '/dev/null' ? after : before;
  return name?.replace(/^[ab]\//, '') ?? lines[0]?.replace(/^diff --git a\/.* b\//, '') ?? '';
}

function lineView(line: string): Html {
  const kind = line.startsWith('@@') ? 'hunk' : line.startsWith('+') ? 'plus' : line.startsWith('-') ? 'minus' : 'same';
  return html`<span class="${kind}">${line}
</span>`;
}
