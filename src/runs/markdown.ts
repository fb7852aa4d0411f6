/**
 * Text that somebody else wrote, as a Markdown code span that it cannot leave, on one line and cut to a number of characters.
 * In a code span no mention, issue number, link, HTML or comment has an effect.
 */
export function code(text: string, longest = 200): string {
  const plain = oneLine(text, longest);
  const runs = plain.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
  const padding = runs.length > 0 ? ' ' : '';
  return `${fence}${padding}${plain === '' ? '(empty)' : plain}${padding}${fence}`;
}

/** `code` for a table's cell: a pipe would end the cell even inside the span, and escapes of it differ between renderers. */
export function codeCell(text: string): string {
  return code(text.replaceAll('|', '¦'));
}

/** A link whose label is code, to an address made by `webAddress`; without one only the label. */
export function link(label: string, address: string | null): string {
  return address === null ? code(label) : `[${code(label)}](${address})`;
}

/** An address that is safe to link: http(s), with user, password, query and fragment left out and brackets encoded; null for anything else. */
export function webAddress(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['https:', 'http:'].includes(url.protocol)) return null;
  return `${url.origin}${url.pathname}`.replaceAll('(', '%28').replaceAll(')', '%29');
}

/** Control characters and those that reorder text would let it show as something else than it is. */
function oneLine(text: string, longest: number): string {
  const line = text
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .replaceAll(/[\p{Cf}\p{Cs}]/gu, '')
    .trim();
  const characters = Array.from(line);
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join('')}…`;
}
