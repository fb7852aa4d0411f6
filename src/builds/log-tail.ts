/** Longest piece of a build's log that a message carries. */
export const logTailBytes = 2048;

// Colours and cursor movements of build tools, and other control characters that a terminal or YAML would trip over.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const unprintable = /\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** The last whole lines of a log that fit into `bytes`, without control characters; a single longer line loses its beginning. */
export function logTail(log: string, bytes: number = logTailBytes): string {
  const lines = log
    .split('\n')
    .map((line) => lastVersion(line).replace(unprintable, '').trimEnd())
    .filter((line) => line !== '');
  const kept: string[] = [];
  let room = bytes;
  for (const line of lines.toReversed()) {
    const size = Buffer.byteLength(line) + 1;
    if (size > room) break;
    kept.unshift(line);
    room -= size;
  }
  const last = lines.at(-1);
  if (kept.length > 0 || last === undefined) return kept.join('\n');
  return Buffer.from(last)
    .subarray(-bytes)
    .toString('utf8')
    .replace(/^\uFFFD+/, '');
}

/** A progress bar rewrites its line with \r: what stood last is what a person saw. */
function lastVersion(line: string): string {
  const whole = line.replace(/\r+$/, '');
  return whole.slice(whole.lastIndexOf('\r') + 1);
}
