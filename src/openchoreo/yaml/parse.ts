import { Composer, type CST, type Document, Lexer, type LineCounter, Parser } from 'yaml';
import { maximumDepth, maximumDocument, maximumTokens } from './limits.ts';
import { YamlProblem } from './problem.ts';

/** Parses the first document of a text into nodes, fast and shallow enough for whatever is in it. Throws `YamlProblem`. */
export function parseDocument(text: string, lines: LineCounter): Document {
  if (text.length > maximumDocument) {
    throw new YamlProblem('the document is larger than 1.5 MiB, which no cluster stores; make it smaller', 0);
  }
  checkCharacters(text);
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const [document] = composer.compose(tokens(text, lines), false, text.length);
  if (!document) throw new YamlProblem('the document is empty', 0);
  const [error] = document.errors;
  if (error) throw new YamlProblem(error.message, lines.linePos(error.pos[0]).line - 1);
  return document;
}

/** What `Parser.parse` gives, a word at a time: the library itself would take the text whole, and then recurse into it. */
function* tokens(text: string, lines: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let count = 0;
  for (const word of new Lexer().lex(text)) {
    count += 1;
    if (count > maximumTokens) throw tooMuch('the document has too many values', parser, lines, 'split it');
    if (parser.stack.length > maximumDepth)
      throw tooMuch(`more than ${maximumDepth} mappings and lists are inside one another`, parser, lines, 'flatten it');
    for (const token of parser.next(word)) {
      // One is enough: the library would collect as many as there are words.
      if (token.type === 'error') throw new YamlProblem(token.message, lineAt(parser, lines));
      yield token;
    }
  }
  yield* parser.end();
}

function tooMuch(what: string, parser: Parser, lines: LineCounter, remedy: string): YamlProblem {
  return new YamlProblem(`${what}; ${remedy}`, lineAt(parser, lines));
}

function lineAt(parser: Parser, lines: LineCounter): number {
  return lines.linePos(parser.offset).line - 1;
}

/** What go-yaml refuses. */
const forbidden = /[^\t\n\r -~\u0085\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

function checkCharacters(text: string): void {
  const at = text.search(forbidden);
  if (at === -1) return;
  const code = text.charCodeAt(at);
  const line = text.slice(0, at).split('\n').length - 1;
  if (code >= 0xd800 && code < 0xe000)
    throw new YamlProblem('there are bytes that are not UTF-8; save the file as UTF-8', line);
  throw new YamlProblem(
    `the character ${hex(code)} is not allowed in YAML; write it as an escape, or leave it out`,
    line,
  );
}

function hex(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
