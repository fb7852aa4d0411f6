import { z } from 'zod';

const name = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A list of `KEY=VALUE` as JSON; values stay as they are, blanks, quotes, `=` and newlines included. Of a name given twice the last counts. */
export const EnvironmentList = z.string().transform((text, context) => {
  const entries = z.array(z.string()).safeParse(text.trim() === '' ? [] : parse(text));
  if (!entries.success) {
    context.addIssue('must be a list of texts of the form KEY=VALUE');
    return z.NEVER;
  }
  const found = new Map<string, string>();
  const faults: string[] = [];
  for (const [index, entry] of entries.data.entries()) {
    const equals = entry.indexOf('=');
    const key = entry.slice(0, equals);
    // The entry itself is not shown: it may hold what should not be read by others.
    if (equals < 1 || !name.test(key)) {
      faults.push(`entry ${index} must be KEY=VALUE, KEY of letters, digits and "_", not beginning with a digit`);
    } else if (entry.includes('\0')) faults.push(`entry ${index} (${key}) holds a zero byte`);
    else found.set(key, entry.slice(equals + 1));
  }
  // As one: of a field's problems the first is told.
  if (faults.length > 0) context.addIssue(faults.join('; '));
  return [...found].map(([key, value]) => ({ name: key, value }));
});
export type EnvironmentList = z.infer<typeof EnvironmentList>;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
