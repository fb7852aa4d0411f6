/** Keys of the tokens that open code hosts. */
export type CredentialKey = 'git-token' | 'gitops-token' | 'status-token';

/** `unbound`: a token may exist, but no setting binds it to that host, so it must not be sent there. */
export type Credential =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'unbound'; readonly host: string }
  | { readonly kind: 'missing'; readonly places: readonly string[] };

/** Finds the token of a key for the host of a URL: one made for that host first, then the general one if it is bound to that host. */
export type FindCredential = (key: CredentialKey, url: string, namespace: string) => Promise<Credential>;
