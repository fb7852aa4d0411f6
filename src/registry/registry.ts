/** A repository in an OCI registry. */
export interface ImageRepository {
  /** `host[:port]`. */
  readonly registry: string;
  readonly name: string;
}

export interface Manifest {
  /** `sha256:…` of the bytes. */
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Tags and digests of an OCI registry. Throws `Failure` (`AccessDenied`, `RateLimited`, `Unavailable`). */
export interface Registry {
  /** The manifest that a tag or digest names, or undefined where there is none. */
  manifest(repository: ImageRepository, reference: string): Promise<Manifest | undefined>;
  /** Gives an existing manifest one more tag; safe to repeat. */
  tag(repository: ImageRepository, manifest: Manifest, tag: string): Promise<void>;
  /** All tags, sorted; none of a repository that is not there. */
  tags(repository: ImageRepository): Promise<readonly string[]>;
  /** Deletes a manifest with all of its tags; safe to repeat. False where the registry deletes nothing. */
  remove(repository: ImageRepository, digest: string): Promise<boolean>;
  /** Proves that the credential may write there, by an upload that is cancelled. */
  checkPush(repository: ImageRepository): Promise<void>;
  /** Stores a small JSON document under a tag, as an OCI artifact with annotations only; safe to repeat. */
  putRecord(repository: ImageRepository, tag: string, annotations: Readonly<Record<string, string>>): Promise<void>;
  /** The annotations stored by `putRecord`, or undefined where that tag holds no record. */
  record(repository: ImageRepository, tag: string): Promise<Readonly<Record<string, string>> | undefined>;
}

/**
 * The reference of an image as `host/name@sha256:…`, whatever its tag means now; one with a digest stays as it is. Throws
 * `Failure` where neither its registry nor a mirror says so within ten seconds.
 */
export type ResolveImage = (reference: string, signal: AbortSignal) => Promise<string>;

/** A registry client with a namespace's credential; the signal ends what is under way. */
export type OpenRegistry = (namespace: string, signal: AbortSignal) => Registry;

/** An image as its registry has it. */
export interface FoundImage {
  /** `host/name@sha256:…`. */
  readonly reference: string;
  /** Its config, parsed JSON. */
  readonly config: unknown;
}

/**
 * Reads the image that a reference (`host/name:tag`, `…@sha256:…`) names, of a list that for this machine's platform; undefined
 * where there is none. Uses the namespace's credential. Throws as `Registry` does.
 */
export type ReadImage = (reference: string, namespace: string, signal: AbortSignal) => Promise<FoundImage | undefined>;
