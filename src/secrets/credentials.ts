/** Keys of the tokens that open code hosts. */
export type CredentialKey = 'git-token' | 'gitops-token' | 'status-token';

/** `unbound`: a token may exist, but no setting binds it to that host, so it must not be sent there. */
export type Credential =
  | { readonly kind: 'token'; readonly token: string; readonly app?: AppOrigin }
  | { readonly kind: 'unbound'; readonly host: string }
  | { readonly kind: 'missing'; readonly places: readonly string[] };

/** The GitHub App that a token was made for. */
export interface AppOrigin {
  readonly id: string;
  /** Its name in addresses; its pull requests are by `<slug>[bot]`. */
  readonly slug: string;
}

/** Finds the token of a key for the host of a URL; none is found that is for another host. `secretRef`: the one Secret to look in. */
export type FindCredential = (
  key: CredentialKey,
  url: string,
  namespace: string,
  secretRef?: string,
) => Promise<Credential>;

/** A GitHub App, with which tokens are made. */
export interface GithubApp {
  readonly id: string;
  /** In PEM. */
  readonly privateKey: string;
}

/** What is stored for a key: a token, or an App that makes one. */
export type StoredCredential =
  | Credential
  | { readonly kind: 'app'; readonly app: GithubApp; readonly places: readonly string[] };

/** Finds what is stored, without asking anybody. */
export type FindStored = (...asked: Parameters<FindCredential>) => Promise<StoredCredential>;

/** With what git is let in by SSH. */
export interface SshLogin {
  /** A private key without passphrase. */
  readonly privateKey: string;
  /** Lines of a `known_hosts` file. */
  readonly knownHosts: string;
}

/** `missing`: the keys that are nowhere, and where each was looked for. */
export type SshCredential =
  | { readonly kind: 'ssh'; readonly login: SshLogin }
  | { readonly kind: 'unbound'; readonly host: string }
  | { readonly kind: 'missing'; readonly keys: readonly string[]; readonly places: readonly string[] };

/** Finds key and known hosts for the host of an `ssh://` URL. */
export type FindSshLogin = (url: string, namespace: string, secretRef?: string) => Promise<SshCredential>;
