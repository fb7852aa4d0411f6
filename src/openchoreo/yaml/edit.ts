import { compose, isMapping, type Typed, typedValue } from './compose.ts';
import { type DocumentRange, splitDocuments } from './documents.ts';
import { spliced, splicesFor } from './splice.ts';
import { writeYaml } from './write.ts';

/** A file with one of its documents changed. */
export interface Edited {
  readonly text: string;
  /** What of the document's form is lost, in words; undefined where only what changes looks different. */
  readonly lost: string | undefined;
}

/** As `editDocument`, for a document where only one text becomes another. */
export function setText(file: string, index: number, path: readonly string[], value: string): Edited {
  const range = splitDocuments(file)[index];
  const text = range ? file.slice(range.start, range.end) : '';
  return editDocument(file, index, withText(typedValue(compose(text)), path, value));
}

/**
 * The file with another value in one of its documents (from 0). What is the same in both stays as it is written, with its comments and
 * order, and so do the other documents; a document in the original tool's style stays in it. Throws `YamlProblem` for unreadable text.
 */
export function editDocument(file: string, index: number, wanted: unknown): Edited {
  const ranges = splitDocuments(file);
  const range = ranges[index];
  if (!range) throw new RangeError(`the file has no document ${index}`);
  const text = file.slice(range.start, range.end);
  const composed = compose(text);
  const current = typedValue(composed);
  const written = writeYaml(wanted);
  if (writeYaml(current) === written) return { text: file, lost: undefined };
  if (writeYaml(current) === text) return { text: replaceRange(file, ranges, range, written), lost: undefined };
  const splices = splicesFor(text, composed.document.contents, current, wanted);
  const changed = splices && spliced(text, splices);
  if (changed === undefined || meaning(changed) !== written) {
    const lost = 'the document is written anew, without its comments and in the usual order';
    return { text: replaceRange(file, ranges, range, written), lost };
  }
  const lost = splices?.some(({ losesComments }) => losesComments) ? 'comments in what changes are lost' : undefined;
  return { text: replaceRange(file, ranges, range, changed), lost };
}

function meaning(text: string): string | undefined {
  try {
    return writeYaml(typedValue(compose(text)));
  } catch {
    return undefined;
  }
}

function withText(value: Typed, [key, ...rest]: readonly string[], text: string): Typed {
  if (key === undefined) return text;
  const mapping = isMapping(value) ? value : {};
  return { ...mapping, [key]: withText(mapping[key] ?? null, rest, text) };
}

function replaceRange(
  file: string,
  ranges: readonly DocumentRange[],
  { start, end }: DocumentRange,
  document: string,
): string {
  const rest = file.slice(end);
  const text = rest === '' || document.endsWith('\n') ? document : `${document}\n`;
  const changed = file.slice(0, start) + text + rest;
  if (splitDocuments(changed).length === ranges.length) return changed;
  // JSON values one after another: the new one is no JSON, so separators are needed.
  return ranges
    .map((range) => (range.start === start ? document : `${file.slice(range.start, range.end).trim()}\n`))
    .join('---\n');
}
