import type { BuildPlan } from '../builds/build-plan.ts';
import type { LayerCache } from '../builds/layer-cache.ts';
import type { ImagePlan, JobPlace, JobPlan } from '../runs/plan.ts';

/** Where builds run. */
export interface BuildPlane {
  /**
   * Runs the build, or adopts the one that runs already under the same id; a build that cannot succeed as it is, is an
   * outcome and not an error. An aborted signal stops the waiting only: `cancel` ends the build itself.
   */
  build(request: BuildRequest, options: BuildOptions): Promise<BuildOutcome>;
  /**
   * Ends the build with all that it started and removes what it left. `place` is that of the build's `JobPlan`. Safe to repeat,
   * and where there is no such build.
   */
  cancel(id: BuildId, place: JobPlace): Promise<void>;
}

/** Told once the log of a build that is over is whole, with its file; never throws. */
export type OnLog = (request: BuildRequest, file: string) => Promise<void>;

/** One build of one execution: a new ordinal is a new build. */
export interface BuildId {
  /** `workflowInfo().firstExecutionRunId`. */
  readonly execution: string;
  readonly ordinal: number;
}

/** The run that a build is for. */
export interface BuildOwner {
  readonly workflowId: string;
  readonly namespace: string;
  readonly project: string;
  readonly component: string;
  readonly run: string;
}

export interface BuildRequest {
  readonly id: BuildId;
  readonly owner: BuildOwner;
  readonly source: {
    readonly repository: string;
    readonly commit: string;
    readonly namespace: string;
    /** Secret of that namespace with the credential, where the run names one. */
    readonly secretRef?: string | undefined;
  };
  readonly plan: BuildPlan;
  readonly job: JobPlan;
  readonly image: ImagePlan;
  readonly timeoutSeconds: number;
  readonly noCache: boolean;
  /** Seconds since 1970 of the source commit: makes equal inputs give an equal image. */
  readonly sourceDateEpoch: number;
  /** Undefined: none is read or written. Planes may do without. */
  readonly layerCache?: LayerCache | undefined;
}

export interface BuildOptions {
  readonly signal: AbortSignal;
  /** Called with a short word on where the build is, for heartbeats. */
  onProgress(progress: string): void;
}

export type BuildOutcome =
  | { readonly kind: 'built'; readonly digest: string }
  | { readonly kind: 'failed'; readonly type: BuildFailureType; readonly message: string };

export type BuildFailureType =
  | 'BuildFailed'
  | 'BuildTimedOut'
  | 'BuildOutOfMemory'
  | 'BuildOutOfDisk'
  | 'BuildInfrastructure'
  | 'SourceNotFound'
  | 'AccessDenied'
  | 'Unavailable';
