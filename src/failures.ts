/** Every way a run can fail (design: one row each in the README's troubleshooting table), and whether trying again can help. */
export const retryableByType = {
  InvalidRun: false,
  NotAllowed: false,
  SecretMissing: false,
  SourceNotFound: false,
  /** Retried a few times because tokens rotate; the step makes it final after its third attempt. */
  AccessDenied: true,
  DescriptorInvalid: false,
  ManifestInvalid: false,
  BuildFailed: false,
  BuildTimedOut: false,
  BuildOutOfMemory: false,
  BuildOutOfDisk: false,
  /** Not retried as it is: the workflow decides on a new build. */
  BuildInfrastructure: false,
  PolicyRejected: false,
  ReleaseConflict: false,
  RateLimited: true,
  Contended: true,
  Unavailable: true,
} as const;

export type FailureType = keyof typeof retryableByType;

interface FailureOptions {
  readonly cause?: unknown;
  /** When the server said to come back. */
  readonly retryAfterMs?: number;
  /** The host's name does not resolve: early steps give up on that after minutes, not after a day. */
  readonly hostUnknown?: boolean;
}

/** What any part of Slipway throws on purpose. The message says what, where and what to do, and holds no secret. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly type: FailureType;
  readonly retryAfterMs: number | undefined;
  readonly hostUnknown: boolean;

  constructor(type: FailureType, message: string, { cause, retryAfterMs, hostUnknown = false }: FailureOptions = {}) {
    super(message, { cause });
    this.type = type;
    this.retryAfterMs = retryAfterMs;
    this.hostUnknown = hostUnknown;
  }
}
