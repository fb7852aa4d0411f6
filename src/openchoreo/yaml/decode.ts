import { isUtf8 } from 'node:buffer';

/** The text of a file. Where it is not UTF-8 there is half of a surrogate pair, which no file can hold, so that `isWellFormed` tells. */
export function decodeText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return isUtf8(bytes) ? text : text.replaceAll('\ufffd', '\ud800');
}
