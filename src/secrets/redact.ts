const shortest = 4;
const mask = '***';

/**
 * A function that replaces these secrets in a text by `***`, also where they are URL-encoded, escaped as in JSON, or inside
 * something encoded in base64. Secrets under four characters are left: they would match everywhere.
 */
export function createRedactor(secrets: readonly (string | undefined)[]): (text: string) => string {
  const forms = new Set(
    secrets.flatMap((secret) => (secret !== undefined && secret.length >= shortest ? formsOf(secret) : [])),
  );
  // Longest first, so that no part of a form stays because a shorter one was replaced inside it.
  const alternatives = [...forms]
    .sort((a, b) => b.length - a.length)
    .map((form) => form.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  if (alternatives.length === 0) return (text) => text;
  const pattern = new RegExp(alternatives.join('|'), 'g');
  return (text) => text.replace(pattern, mask);
}

/** A text with these secrets replaced, see `createRedactor`. */
export function redact(text: string, secrets: readonly (string | undefined)[]): string {
  return createRedactor(secrets)(text);
}

function formsOf(secret: string): readonly string[] {
  const encoded = encodeURIComponent(secret);
  const lowerCase = encoded.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [secret, encoded, lowerCase, JSON.stringify(secret).slice(1, -1), ...base64Cores(secret)].filter(
    (form) => form.length >= shortest,
  );
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
