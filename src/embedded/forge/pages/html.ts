/** Text that is HTML already. Only `html` makes it, so everything else is escaped on its way into a page. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | null | undefined | readonly Html[];

/** A template of HTML whose values are escaped unless they are HTML themselves; null and undefined leave nothing. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: texts.map((text, index) => text + write(parts[index])).join('') };
}

/** The characters with a meaning in HTML, written so that they have none, in text and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function write(part: Part): string {
  if (part === null || part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  if ('html' in part) return part.html;
  return part.map(({ html }) => html).join('');
}
