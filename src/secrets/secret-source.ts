/** Where secrets come from. Read at use, so a rotated secret needs no restart. */
export interface SecretSource {
  /** The secret's value with a trailing newline trimmed: the namespace's own first, then the global one; undefined where there is none. */
  read(key: string, namespace: string): Promise<string | undefined>;
  /** The first of these keys that the namespace has of its own; where it has none of them, the first that there is globally. */
  readFirst(keys: readonly string[], namespace: string): Promise<string | undefined>;
  /** The places where `read` looks, for a message to the operator; holds no value. */
  places(key: string, namespace: string): readonly string[];
  /** The secrets in one Secret of a run's namespace, by its name; absent where there are no such things. */
  named?(secret: string): NamedSecrets;
}

/** Secrets of one place alone. */
export type NamedSecrets = Pick<SecretSource, 'readFirst' | 'places'>;

/** A secret and whose it is. */
export interface OwnedSecret {
  readonly namespace: string | null;
  readonly value: string;
}

/** The same secrets, for those who do not know yet whose they need. */
export interface SecretOwners {
  /** All values of a key: those of namespaces that have one of their own, and the general one, whose namespace is null. */
  all(key: string): Promise<readonly OwnedSecret[]>;
}
