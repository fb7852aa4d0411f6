import { z } from 'zod';

/** A list of short texts, written as JSON or with commas between. */
export const TextList = z
  .string()
  .transform((text, context) => {
    const items = text.trimStart().startsWith('[') ? parseList(text) : text.split(',');
    if (items === undefined) context.addIssue('must be a list of texts, or texts with commas between');
    return (items ?? []).map((item) => item.trim()).filter((item) => item !== '');
  })
  .refine(
    (items) => items.every((item) => item.length <= 100 && !/\p{Cc}/u.test(item)),
    'must hold texts of at most 100 characters',
  )
  .refine((items) => items.length <= 50, 'must hold at most 50 texts')
  .transform((items) => [...new Set(items)]);

function parseList(text: string): string[] | undefined {
  try {
    return z.array(z.string()).parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
