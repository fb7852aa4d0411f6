/** What git on this worker may do. */
export interface GitSettings {
  /** Folder for mirrors and sources; made where it is missing, and all of it may be deleted while no worker runs. */
  readonly folder: string;
  /** Hosts, as `host` or `host:port`, that may be reached without TLS. */
  readonly httpHosts: readonly string[];
  /** True where `file://` repositories may be read and written, as in tests. */
  readonly allowFile: boolean;
  /** PEM file of certificate authorities to trust; where git's TLS library has no folder of its own, it must hold the public ones too. */
  readonly caFile: string | undefined;
  /** Told of each call to a remote. */
  readonly onCall?: (call: GitCall) => void;
}

/** One call to a remote that is over. */
export interface GitCall {
  readonly operation: 'fetch' | 'ls-remote' | 'push';
  /** Empty for a file. */
  readonly host: string;
  readonly isDone: boolean;
  readonly seconds: number;
}
