const shortest = 4;
const mask = '***';

/**
 * A function that replaces these secrets in a text by `***`, also where they are URL-encoded, escaped as in JSON, or inside
 * something encoded in base64. Secrets under four characters are left: they would match everywhere.
 */
export function createRedactor(secrets: readonly (string | undefined)[]): (text: string) => string {
  const pattern = patternOf(allForms(secrets));
  return pattern === undefined ? (text) => text : (text) => text.replace(pattern, mask);
}

/** A text that comes in pieces. */
export interface RedactedPieces {
  /** The piece without the secrets; what may be the beginning of one waits for the next piece. */
  next(piece: string): string;
  /** What still waits, at the end of the text. */
  rest(): string;
}

/** The same for a text in pieces: a secret is found also where it begins in one piece and ends in another. */
export function redactPieces(secrets: readonly (string | undefined)[]): RedactedPieces {
  const forms = allForms(secrets);
  const pattern = patternOf(forms);
  const longest = forms[0]?.length ?? 0;
  // Most pieces are whole lines, and of those nothing has to wait.
  const isOfLines = !forms.some((form) => form.includes('\n'));
  let waiting = '';
  const mayBegin = (tail: string) => forms.some((form) => form.length > tail.length && form.startsWith(tail));
  /** From where on a text may change its meaning with what comes next. */
  const openFrom = (text: string): number => {
    let from = Math.max(0, text.length - longest + 1, isOfLines ? text.lastIndexOf('\n') + 1 : 0);
    while (from < text.length && !mayBegin(text.slice(from))) from += 1;
    // What a form reaches into is kept whole, for it may be part of a longer one.
    if (pattern !== undefined) {
      for (const { index, 0: form } of text.matchAll(pattern)) {
        if (index < from && from < index + form.length) return index;
      }
    }
    return from;
  };
  const clean = (text: string): string => (pattern === undefined ? text : text.replace(pattern, mask));
  return {
    next(piece) {
      const text = waiting + piece;
      const from = openFrom(text);
      waiting = text.slice(from);
      return clean(text.slice(0, from));
    },
    rest() {
      const text = clean(waiting);
      waiting = '';
      return text;
    },
  };
}

/** Longest first, so that no part of a form stays because a shorter one was replaced inside it. */
function allForms(secrets: readonly (string | undefined)[]): readonly string[] {
  const forms = secrets.flatMap((secret) => (secret !== undefined && secret.length >= shortest ? formsOf(secret) : []));
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

function patternOf(forms: readonly string[]): RegExp | undefined {
  const alternatives = forms.map((form) => form.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return alternatives.length === 0 ? undefined : new RegExp(alternatives.join('|'), 'g');
}

/** A text with these secrets replaced, see `createRedactor`. */
export function redact(text: string, secrets: readonly (string | undefined)[]): string {
  return createRedactor(secrets)(text);
}

function formsOf(secret: string): readonly string[] {
  const urls = urlForms(secret);
  const lowerCase = urls.map((form) => form.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  return [secret, ...urls, ...lowerCase, JSON.stringify(secret).slice(1, -1), ...base64Cores(secret)].filter(
    (form) => form.length >= shortest,
  );
}

/** As a part of a path or query, as a whole address, as a form's field and as the password before a host: each leaves other characters as they are. */
function urlForms(secret: string): readonly string[] {
  const { password } = Object.assign(new URL('http://host'), { password: secret });
  const field = new URLSearchParams({ '': secret }).toString().slice(1);
  return [encodeURIComponent(secret), encodeURI(secret), field, password];
}

/** What base64 makes of the secret wherever it stands in the encoded bytes: its look depends on the position modulo three. */
function base64Cores(secret: string): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
    const digits = bytes.toString('base64').replaceAll('=', '');
    // Digits that also hold bits of what stands before or after the secret differ from text to text.
    const from = Math.ceil((offset * 8) / 6);
    const core = digits.slice(from, Math.floor((bytes.length * 8) / 6));
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
