import { Failure } from '../failures.ts';

/** Throws `SecretMissing` for a key or namespace that could lead to anything but a file or variable of that name. */
export function checkSecretName(...names: readonly string[]): void {
  for (const name of names) {
    if (/^[A-Za-z0-9][\w.-]{0,252}$/.test(name) && !name.includes('..')) continue;
    throw new Failure(
      'SecretMissing',
      `${JSON.stringify(name.slice(0, 80))} cannot name a secret: use letters, digits, "-", "_" and ".".`,
    );
  }
}

/** The value without the newline that editors and `echo` leave at its end; an empty one is none. */
export function secretValue(text: string | undefined): string | undefined {
  return text?.replace(/\r?\n$/, '') || undefined;
}

/** Can it be the name of a namespace? */
export function isNamespace(text: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text);
}
