/** Where secrets come from. Read at use, so a rotated secret needs no restart. */
export interface SecretSource {
  /** The secret's value with a trailing newline trimmed: the namespace's own first, then the global one; undefined where there is none. */
  read(key: string, namespace: string): Promise<string | undefined>;
  /** The places where `read` looks, for a message to the operator; holds no value. */
  places(key: string, namespace: string): readonly string[];
}
