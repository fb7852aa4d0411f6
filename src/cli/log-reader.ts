import { StringDecoder } from 'node:string_decoder';

/** One build's log, read piece by piece. */
export interface LogReader {
  /** What is there since the last reading; null where there is no log, or not yet. `isLast`: the build is over, so wait for the rest. */
  read(isLast: boolean): Promise<string | null>;
}

/** Bytes of a file from an offset on, at most some; null where there is no file. */
export type ReadFrom = (file: string, offset: number) => Promise<Uint8Array | null>;

/** The log in a file. */
export function readFileLog(file: string, readFrom: ReadFrom): LogReader {
  const decoder = new StringDecoder('utf8');
  let offset = 0;
  return {
    async read() {
      let text = '';
      for (;;) {
        const bytes = await readFrom(file, offset);
        if (bytes === null) return null;
        if (bytes.length === 0) return text;
        offset += bytes.length;
        text += decoder.write(bytes);
      }
    },
  };
}

/** A log that somebody keeps whole once its build is over; `read` gives null where nothing is kept. */
export function keptLog(read: () => Promise<string | null>): LogReader {
  let isRead = false;
  return {
    async read(isLast) {
      if (isRead) return '';
      const text = isLast ? await read() : null;
      isRead = text !== null;
      return text;
    },
  };
}

/** The first of these that has the log; a failure shows where none of them has it. */
export function firstLog(readers: readonly LogReader[]): LogReader {
  let chosen: LogReader | undefined;
  return {
    async read(isLast) {
      if (chosen !== undefined) return chosen.read(isLast);
      const failures: unknown[] = [];
      for (const reader of readers) {
        const text = await reader.read(isLast).catch((error: unknown) => {
          failures.push(error);
          return null;
        });
        if (text === null) continue;
        chosen = reader;
        return text;
      }
      if (failures.length > 0) throw failures[0];
      return null;
    },
  };
}

/** Lets only the lines of one step through, from its heading `=== step ===` to the next heading; takes text in pieces. */
export function onlyStep(step: string): (piece: string) => string {
  let isInside = false;
  let rest = '';
  return (piece) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    const kept = lines.filter((line) => {
      const [, heading] = /^=== (\w+) ===$/.exec(line) ?? [];
      if (heading !== undefined) isInside = heading === step;
      return isInside && heading === undefined;
    });
    return kept.map((line) => `${line}\n`).join('');
  };
}
