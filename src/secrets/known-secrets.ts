import { credentialTexts } from '../builds/credential-texts.ts';
import { createRedactor, type RedactedPieces, redactPieces } from './redact.ts';
import type { SecretOwners, SecretSource } from './secret-source.ts';

/** The secrets that this process has seen so far. */
export interface KnownSecrets {
  /** Takes all of them out of a text. */
  redact(text: string): string;
  /** The same for a text that comes in pieces. */
  pieces(): RedactedPieces;
  add(value: string): void;
  /** The same source; what is read from it is known from then on. */
  watch(source: SecretSource & SecretOwners): SecretSource & SecretOwners;
}

/** Tokens that last an hour make new ones for as long as a process runs. */
const MOST = 500;

/** Knows none yet. */
export function createKnownSecrets(): KnownSecrets {
  const known = new Set<string>();
  let redact: ((text: string) => string) | undefined;

  const add = (value: string): void => {
    if (known.delete(value)) {
      known.add(value);
      return;
    }
    known.add(value);
    const [oldest] = known;
    if (known.size > MOST && oldest !== undefined) known.delete(oldest);
    redact = undefined;
  };
  const noted = async (found: Promise<string | undefined>): Promise<string | undefined> => {
    const value = await found;
    if (value !== undefined) add(value);
    return value;
  };

  return {
    add,
    redact(text) {
      redact ??= createRedactor([...known].flatMap(credentialTexts));
      return redact(text);
    },
    pieces: () => redactPieces([...known].flatMap(credentialTexts)),
    watch: ({ named, places, ...source }) => ({
      ...(named && {
        named(secret) {
          const own = named(secret);
          return { places: own.places, readFirst: (keys, namespace) => noted(own.readFirst(keys, namespace)) };
        },
      }),
      places,
      read: (key, namespace) => noted(source.read(key, namespace)),
      readFirst: (keys, namespace) => noted(source.readFirst(keys, namespace)),
      async all(key) {
        const found = await source.all(key);
        for (const { value } of found) add(value);
        return found;
      },
    }),
  };
}
