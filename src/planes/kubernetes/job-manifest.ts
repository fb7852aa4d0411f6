import type { V1Job, V1PodFailurePolicyRule } from '@kubernetes/client-node';
import type { BuildRequest } from '../build-plane.ts';
import type { ChosenPhases } from '../buildpacks/choose-phases.ts';
import type { StepRequest } from '../steps/step-request.ts';
import { phaseContainers } from './buildpacks/phase-containers.ts';
import { stepContainers } from './engine/step-containers.ts';
import { buildMark, jobAnnotations, jobName } from './job-names.ts';
import { jobPod } from './job-pod.ts';
import type { PodContent } from './pod-content.ts';

/** What the plane's settings decide about its Jobs. */
export interface JobSettings {
  /** Reference of the image that holds the step programs and the engine. */
  readonly image: string;
  readonly profile: BuildProfile;
  /** True where the cluster's nodes give pods user namespaces. */
  readonly userNamespaces: boolean;
  /** How long an ended Job stays. */
  readonly ttlSeconds: number;
}

/** Which engine builds: BuildKit as user 1000, or Buildah as root with three capabilities. */
export type BuildProfile = 'buildkit' | 'buildah';

/** What the Job's Secret holds, by the files that the steps read; those without content are not mounted. */
export interface JobSecrets {
  readonly sourceAuthorization: string | undefined;
  readonly registryAuth: string | undefined;
  readonly authorities: string | undefined;
}

/** All that a Job is made of. */
export interface JobParts {
  readonly request: BuildRequest;
  /** The request as the steps get it: with the addresses that count inside the cluster. */
  readonly steps: StepRequest;
  /** The phases, where the build is one by buildpacks. */
  readonly phases?: ChosenPhases | undefined;
  readonly settings: JobSettings;
  readonly namespace: string;
  readonly secretName: string;
  /** Which of the secrets there are. */
  readonly has: Readonly<Record<keyof JobSecrets, boolean>>;
}

/** The Job of a build, suspended until its Secret is there. */
export function jobManifest(parts: JobParts): V1Job {
  const { request, settings, namespace, secretName } = parts;
  const { owner } = request;
  const labels = {
    'app.kubernetes.io/managed-by': 'slipway',
    'app.kubernetes.io/component': 'build',
    'slipway.dev/namespace': labelValue(owner.namespace),
    'slipway.dev/project': labelValue(owner.project),
    'slipway.dev/component': labelValue(owner.component),
    'slipway.dev/run': labelValue(owner.run),
    // The documented way to a run's log is `kubectl logs -l workflows.argoproj.io/workflow=<run>`.
    'workflows.argoproj.io/workflow': labelValue(owner.run),
  };
  const annotations = {
    [jobAnnotations.build]: buildMark(request.id),
    [jobAnnotations.workflowId]: owner.workflowId,
    [jobAnnotations.secret]: secretName,
  };
  const content = parts.phases === undefined ? stepContainers(parts) : phaseContainers(parts, parts.phases);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: jobName(request.id), namespace, labels, annotations },
    spec: {
      suspend: true,
      // Whether there is another try is Temporal's to say.
      backoffLimit: 0,
      podReplacementPolicy: 'Failed',
      ttlSecondsAfterFinished: settings.ttlSeconds,
      podFailurePolicy: { rules: failureRules(content) },
      template: {
        metadata: { labels, annotations: { ...annotations, ...content.annotations } },
        spec: jobPod(parts, content),
      },
    },
  };
}

/** Gives the Job's condition a reason that names container and code; `backoffLimit` ends it anyway. */
function failureRules({ containers, finalCodes }: PodContent): V1PodFailurePolicyRule[] {
  return containers.flatMap(({ name }) => {
    // In ascending order, as the API server wants them.
    const values = finalCodes[name]?.toSorted((a, b) => a - b);
    return values === undefined
      ? []
      : [{ action: 'FailJob', onExitCodes: { containerName: name, operator: 'In', values } }];
  });
}

/** A name as the value of a label: cut, as names may be longer than values. */
function labelValue(name: string): string {
  return name.slice(0, 63).replace(/[^A-Za-z0-9]+$/, '');
}
