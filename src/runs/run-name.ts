import { createHash } from 'node:crypto';

/**
 * Name of the run that a push or sweep asks for: equal for equal arguments, so a push told twice asks for one run. `occurrence` is
 * what tells a push from an earlier one between the same commits, as when a branch is pushed there, back, and there again.
 */
export function automaticRunName(component: string, commit: string, before: string | null, occurrence = ''): string {
  const parts = [component, before ?? '', ...(occurrence === '' ? [] : [occurrence])];
  const hash = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 6);
  return `${automaticRunPrefix(component, commit)}${hash}`;
}

/** How the names of all runs begin that pushes and sweeps ask for of a component at a commit. */
export function automaticRunPrefix(component: string, commit: string): string {
  // A cut may end in a character that the `-` after it would not suit.
  return `${component.slice(0, 40).replace(/[.-]+$/, '')}-${commit.slice(0, 12)}-`;
}
