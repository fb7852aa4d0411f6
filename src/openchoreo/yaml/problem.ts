const maximumMessage = 300;

/** Why a document cannot be read, and in which of its lines (from 0). What it quotes of the document is cut. */
export class YamlProblem extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message.length > maximumMessage ? `${message.slice(0, maximumMessage)}…` : message);
    this.line = line;
  }
}
