import { createHash } from 'node:crypto';

/** Name of the run that a push or sweep asks for: equal for equal arguments, so a push told twice asks for one run. */
export function automaticRunName(component: string, commit: string, before: string | null): string {
  const hash = createHash('sha256')
    .update(`${component}\n${before ?? ''}`)
    .digest('hex')
    .slice(0, 6);
  // A cut may end in a character that the `-` after it would not suit.
  return `${component.slice(0, 40).replace(/[.-]+$/, '')}-${commit.slice(0, 12)}-${hash}`;
}
