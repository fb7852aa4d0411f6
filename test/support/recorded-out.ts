import type { Out } from '../../src/cli/out.ts';

/** An output without a terminal that keeps what is written. */
export interface RecordedOut extends Out {
  readonly text: () => string;
}

/** A fresh one; `onWrite` gets every piece as it comes. */
export function recordOut(onWrite: (text: string) => void = () => {}): RecordedOut {
  let written = '';
  return {
    columns: undefined,
    colours: false,
    write(text) {
      written += text;
      onWrite(text);
    },
    text: () => written,
  };
}
