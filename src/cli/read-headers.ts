import { isPlainObject } from '../openchoreo/workflow/plain-object.ts';
import type { Headers } from '../webhooks/delivery.ts';
import { UsageError } from './usage.ts';

/** A request's headers from a JSON object with names in any case, or from lines of `Name: value`. Throws `UsageError`. */
export function readHeaders(text: string): Headers {
  const entries = text.trimStart().startsWith('{') ? jsonEntries(text) : lineEntries(text);
  return Object.fromEntries(entries.map(([name, value]) => [name.trim().toLowerCase(), value.trim()]));
}

function jsonEntries(text: string): [string, string][] {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isPlainObject(parsed)) return Object.entries(parsed).map(([name, value]) => [name, String(value)]);
  } catch {
    // Said below.
  }
  throw new UsageError('the headers begin like JSON but are no JSON object');
}

function lineEntries(text: string): [string, string][] {
  return text.split(/\r?\n/).flatMap((line, at): [string, string][] => {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+)\s*:(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) return [[name, value]];
    // What curl and proxies print before them.
    if (line.trim() === '' || / HTTP\/[\d.]+$|^HTTP\//.test(line)) return [];
    throw new UsageError(`line ${at + 1} of the headers is not of the form "Name: value"`);
  });
}
