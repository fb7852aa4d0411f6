/** The log of one build of a run. */
export interface StoredBuild {
  readonly namespace: string;
  readonly run: string;
  /** Identity of the execution. */
  readonly execution: string;
  readonly ordinal: number;
}

/** Where logs of builds are kept, beyond the machines and pods that made them. Throws `Failure` (`AccessDenied`, `SecretMissing`, `Unavailable`). */
export interface LogStore {
  /** Keeps a log in place of what was kept of that build; safe to repeat. */
  put(build: StoredBuild, log: Blob, signal: AbortSignal): Promise<void>;
  /** A log in pieces; null where none of that build is kept. */
  get(build: StoredBuild, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | null>;
  /** The logs that were kept before a time, by their names. */
  olderThan(time: Date, signal: AbortSignal): Promise<readonly StoredLog[]>;
  /** Deletes one of them; safe to repeat. */
  remove(log: StoredLog, signal: AbortSignal): Promise<void>;
  /** Its address, without a secret. */
  readonly place: string;
}

/** A log as the store lists it. */
export interface StoredLog {
  readonly name: string;
  readonly keptAt: Date;
}

/** Name of a log; the same build has the same. */
export function logName({ namespace, run, execution, ordinal }: StoredBuild): string {
  return `${namespace}/${run}/${execution}-${ordinal}.log`;
}

/** Is it the name of one of our logs? Whatever else is in the same place is somebody else's. */
export function isLogName(name: string): boolean {
  return /^[\w.-]+\/[\w.-]+\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d+\.log$/.test(name);
}
