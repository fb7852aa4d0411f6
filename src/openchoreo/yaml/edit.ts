import { isMap, isScalar } from 'yaml';
import { compose, isMapping, type Typed, typedValue } from './compose.ts';
import { type DocumentRange, splitDocuments } from './documents.ts';
import { writeYaml } from './write.ts';

/**
 * The file with a text set in one of its documents (from 0). Comments, order and style of all else stay where the document allows it,
 * otherwise the document is written anew; its other values and the other documents never change. Throws `YamlProblem` for unreadable text.
 */
export function setText(file: string, index: number, path: readonly string[], value: string): string {
  const ranges = splitDocuments(file);
  const range = ranges[index];
  if (!range) throw new RangeError(`the file has no document ${index}`);
  const text = file.slice(range.start, range.end);
  const wanted = writeYaml(withText(typedValue(compose(text)), path, value));
  const attempts = [() => spliced(text, path, value), () => rearranged(text, path, value)];
  for (const attempt of attempts) {
    const changed = attempt();
    if (changed !== undefined && meaning(changed) === wanted) return replaceRange(file, ranges, range, changed);
  }
  return replaceRange(file, ranges, range, wanted);
}

/** The file with one of its documents (from 0) replaced by another; the rest stays as it is. */
export function replaceDocument(file: string, index: number, document: string): string {
  const ranges = splitDocuments(file);
  const range = ranges[index];
  if (!range) throw new RangeError(`the file has no document ${index}`);
  return ranges.length === 1 ? document : replaceRange(file, ranges, range, document);
}

function spliced(text: string, path: readonly string[], value: string): string | undefined {
  const node = compose(text).document.getIn(path, true);
  if (!isScalar(node) || !node.range) return undefined;
  const written = node.type === 'QUOTE_DOUBLE' ? JSON.stringify(value) : writeYaml(value).trimEnd();
  return text.slice(0, node.range[0]) + written + text.slice(node.range[1]);
}

function rearranged(text: string, path: readonly string[], value: string): string | undefined {
  const { document } = compose(text);
  // Only mappings can take a new value; below an alias it would reach the anchor's other users.
  const parents = path.map((_, depth) => document.getIn(path.slice(0, depth), true));
  if (!parents.every((parent) => parent === undefined || isMap(parent))) return undefined;
  document.setIn(path, value);
  return document.toString({ lineWidth: 0 });
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
