const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of a file. Where it is not UTF-8 there is half of a surrogate pair, which no file can hold, so that `isWellFormed` tells. */
export function decodeText(bytes: Buffer): string {
  try {
    return strict.decode(bytes);
  } catch {
    return bytes.toString('utf8').replaceAll('\ufffd', '\ud800');
  }
}
