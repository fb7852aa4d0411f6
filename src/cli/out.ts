/** Where a command writes. */
export interface Out {
  write(text: string): void;
  /** Characters in a line of the terminal; undefined where there is none, as in a log. */
  readonly columns: number | undefined;
  readonly colours: boolean;
}

/** The output of a stream: in place and in colours only on a terminal, without colours where `NO_COLOR` is set. */
export function streamOut(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv): Out {
  const isTerminal = stream.isTTY === true && environment['TERM'] !== 'dumb';
  return {
    write: (text) => void stream.write(text),
    get columns() {
      return isTerminal ? stream.columns || 80 : undefined;
    },
    colours: isTerminal && !environment['NO_COLOR'],
  };
}

const codes = { bold: 1, red: 31, green: 32, yellow: 33, blue: 34, grey: 90 } as const;

/** Text in a colour where the output has colours. */
export function paint(out: Out, colour: keyof typeof codes, text: string): string {
  return out.colours ? `\x1b[${codes[colour]}m${text}\x1b[0m` : text;
}
