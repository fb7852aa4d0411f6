import type { BuildPlan } from '../builds/build-plan.ts';

import type { Toleration } from './job-arguments.ts';

/** One run with everything decided that can be decided before touching the network. Pure data, no secrets. */
export interface Plan {
  /** Name of the flow: the rendered `workflowTemplateRef.name`. */
  readonly flow: string;
  /** Name of the ComponentWorkflowRun. */
  readonly run: string;
  readonly namespace: string;
  readonly project: string;
  readonly component: string;
  readonly source: SourcePlan;
  readonly build: BuildPlan;
  readonly job: JobPlan;
  readonly image: ImagePlan;
  readonly gitops: GitopsPlan;
  readonly settings: RunSettings;
  readonly trigger: Trigger;
  readonly warnings: readonly string[];
}

/** Paths are relative to the repository's root, without leading `/` or `./`; the root itself is `.`. */
export interface SourcePlan {
  readonly repository: string;
  readonly branch: string;
  /** Null when the run names none: then the branch's head when the source is cloned. */
  readonly commit: string | null;
  readonly appPath: string;
  readonly descriptorPath: string;
  /** True when somebody named the descriptor's path: then its absence is an error and not a warning. */
  readonly descriptorRequired: boolean;
  /** True when the ComponentWorkflow allows commits that the branch does not reach. */
  readonly allowUnreachableCommit: boolean;
  /** Secret of the run's namespace with the credential, where the run names one. */
  readonly secretRef?: string;
}

/** Where the Job of a build runs. */
export interface JobPlace {
  /** Null: the plane's own namespace. */
  readonly namespace: string | null;
  /** Name in SLIPWAY_BUILD_PLANES of the cluster that the Project asks for; undefined for the one of all others. */
  readonly plane?: string | undefined;
}

/** Where and with what the Job of a build runs; builds that are no Jobs do not read it. */
export interface JobPlan extends JobPlace {
  /** Null: the namespace's default account. */
  readonly serviceAccount: string | null;
  /** Kubernetes quantities. */
  readonly cpu: string;
  readonly memory: string;
  readonly storage: string;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly Toleration[];
  readonly imagePullSecrets: readonly string[];
}

export interface ImagePlan {
  /** `host[:port]` of the registry. */
  readonly registry: string;
  /** Repository in the registry, without the host. */
  readonly name: string;
  /** Prefix of the image's tag; `-<8 hex of the commit>` is added. */
  readonly tag: string;
}

export interface GitopsPlan {
  readonly repository: string;
  readonly branch: string;
  /** Null: the pipeline's root environment. */
  readonly environment: string | null;
  /** Null: the Project's pipeline. */
  readonly pipeline: string | null;
}

export interface RunSettings {
  readonly buildTimeoutSeconds: number;
  readonly labels: readonly string[];
  readonly reviewers: readonly string[];
  readonly closeOlder: boolean;
  readonly noCache: boolean;
  /** False: layers of earlier builds are neither used nor stored. */
  readonly layerCache: boolean;
  /** True when the Component keeps all of its runs, in order, instead of the newest only. */
  readonly keepAll: boolean;
}

/** Who asked for the run; the queue orders by it. */
export interface Trigger {
  readonly kind: 'manual' | 'webhook' | 'sweep';
  readonly actor: string | null;
  readonly delivery: string | null;
  /** Commit that the branch pointed to before the push. */
  readonly before: string | null;
  /** RFC 3339; when the delivery was received. */
  readonly receivedAt: string | null;
}
