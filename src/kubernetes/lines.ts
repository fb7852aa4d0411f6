/** The lines of a text that comes in pieces, with their line feeds; one longer than the limit in several, for it must not fill the memory. */
export async function* lines(texts: AsyncIterable<string>, longest: number): AsyncGenerator<string> {
  let rest = '';
  for await (const text of texts) {
    rest += text;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      yield rest.slice(0, end + 1);
      rest = rest.slice(end + 1);
    }
    if (rest.length > longest) {
      yield rest;
      rest = '';
    }
  }
  if (rest !== '') yield rest;
}
