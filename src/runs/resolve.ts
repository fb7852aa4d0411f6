import { z } from 'zod';
import type { Catalog } from '../catalog/catalog.ts';
import type { Problem } from '../openchoreo/workflow/problem.ts';
import { commonArguments, isRead } from './argument-schemas.ts';
import { type BuildDefaults, buildArguments } from './build-arguments.ts';
import { type BuildPlaneTable, findBuildPlane } from './build-planes.ts';
import { findTemplate } from './find-template.ts';
import { type Flows, readFlow } from './flows.ts';
import type { Transports } from './git-names.ts';
import { readJobPlace } from './job-arguments.ts';
import { looksLikeToken } from './known-tokens.ts';
import type { Plan } from './plan.ts';
import { inRendered } from './rendered-run.ts';
import { joinRepositoryPath } from './repository-path.ts';
import { invalidRun } from './run-request.ts';
import { argumentPath, readArguments, type TemplateArgument } from './template-arguments.ts';
import { invalidManifest, secretRefOf } from './template-scope.ts';

/** What the operator decided for all runs. */
export interface PlanDefaults extends Transports {
  /** Undefined: official images and public registries. */
  readonly builds?: BuildDefaults;
  /** Which build plane each name is; undefined: one plane has all builds. */
  readonly buildPlanes?: BuildPlaneTable;
  readonly flows: Flows;
  /** True where an Argo Workflow that OpenChoreo has made is taken for a run, whatever its ComponentWorkflow. */
  readonly renderedRuns?: boolean;
  /** True where runs may name a Secret for their source. */
  readonly secretRefs?: boolean;
}

export interface ResolveRequest {
  /** The ComponentWorkflowRun as it came, or an Argo Workflow. */
  readonly run: unknown;
  readonly catalog: Catalog;
  /** Id of the workflow that runs it, `run/<namespace>/<name>`; null when nothing is to run. */
  readonly workflowId: string | null;
  readonly defaults: PlanDefaults;
}

/**
 * Decides all of a run that can be decided without its source or the GitOps repository. Throws `InvalidRun` with every field
 * that does not fit, `ManifestInvalid` for mistakes in the platform's resources, `NotAllowed`.
 */
export async function resolvePlan({ run, catalog, workflowId, defaults }: ResolveRequest): Promise<Plan> {
  const { renderedRuns = false } = defaults;
  const found = await findTemplate({ run, catalog, workflowId, renderedRuns });
  const { request, component, template, scope, owner, problems } = found;
  const flow = readFlow(template, scope, defaults.flows, owner);
  const rendered = readArguments(template, scope);
  const schema = commonArguments(request, defaults);
  const values = [...rendered.arguments].map(([name, { value }]) => [name, value]);
  const parsed = z.object(schema).safeParse(Object.fromEntries(values));
  const build = buildArguments[flow.kind].read(
    Object.fromEntries(values),
    parsed.data?.['app-path'] ?? '.',
    defaults.builds,
  );
  const faults = [
    ...argumentFaults(parsed.error, rendered.arguments),
    ...argumentFaults(build.error, rendered.arguments),
    ...tokenFaults(rendered.arguments),
  ];
  const secretRef = secretRefOf(scope?.['systemParameters']);
  const runProblems = [...problems, ...secretProblems(secretRef, defaults), ...faults.filter(({ fromRun }) => fromRun)];
  if (runProblems.length > 0) throw invalidRun(runProblems);
  const place = readJobPlace(template, scope);
  const manifestProblems = [...rendered.problems, ...place.problems, ...faults];
  if (manifestProblems.length > 0 || !parsed.success || !build.plan) {
    const isRendered = scope === null;
    throw invalidManifest(owner, isRendered ? manifestProblems.map(inRendered) : manifestProblems);
  }

  const given = parsed.data;
  // For a Workflow OpenChoreo has chosen: it is in that cluster.
  const plane = scope === null ? null : await findBuildPlane(request, catalog, defaults.buildPlanes);
  const unknown = [...rendered.arguments.keys()].filter((name) => !isRead(name, flow.kind));
  return {
    flow: flow.name,
    run: request.name,
    namespace: request.namespace,
    project: request.project,
    component: request.component,
    source: {
      repository: given['git-repo'],
      branch: given.branch,
      commit: given.commit,
      appPath: given['app-path'],
      descriptorPath: joinRepositoryPath(given['app-path'], given['workload-descriptor-path']),
      descriptorRequired: found.namesDescriptor(rendered.arguments.get('workload-descriptor-path')),
      allowUnreachableCommit: given['slipway-allow-unreachable-commit'],
      ...(secretRef !== null && { secretRef }),
    },
    build: build.plan,
    job: {
      namespace: place.namespace,
      ...(plane !== null && { plane }),
      serviceAccount: place.serviceAccount,
      cpu: given['slipway-cpu'],
      memory: given['slipway-memory'],
      storage: given['slipway-storage'],
      nodeSelector: given['slipway-node-selector'],
      tolerations: given['slipway-tolerations'],
      imagePullSecrets: given['slipway-image-pull-secrets'],
    },
    image: {
      registry: given['registry-url'].registry,
      name: [...given['registry-url'].prefix, given['image-name']].join('/'),
      tag: given['image-tag'],
    },
    gitops: {
      repository: given['gitops-repo-url'],
      branch: given['gitops-branch'],
      environment: given['gitops-target-environment'],
      pipeline: given['gitops-deployment-pipeline'],
    },
    settings: {
      buildTimeoutSeconds: given['build-timeout'],
      labels: given['slipway-labels'],
      reviewers: given['slipway-reviewers'],
      closeOlder: given['slipway-close-older'],
      noCache: request.noCache || !given['slipway-cache'],
      layerCache: given['slipway-cache'],
      keepAll: component.metadata.annotations?.['slipway.dev/concurrency'] === 'queue',
    },
    trigger: request.trigger,
    warnings: unknown.map(
      (name) => `${owner}: the parameter "${name}" is not known to the flow ${flow.name} and has no effect`,
    ),
  };
}

function secretProblems(secretRef: string | null, { secretRefs = false }: PlanDefaults): readonly Problem[] {
  if (secretRef === null) return [];
  const path = 'spec.workflow.systemParameters.repository.secretRef';
  if (!secretRefs) {
    const message =
      'needs SLIPWAY_SECRETS=kubernetes:<namespace>; leave it out and store the token as the secret git-token';
    return [{ path, message }];
  }
  const isName = secretRef.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(secretRef);
  return isName ? [] : [{ path, message: 'must be the name of a Secret' }];
}

interface ArgumentFault extends Problem {
  readonly fromRun: boolean;
}

/** What zod found, told by the field that the value comes from. */
function argumentFaults(
  error: z.ZodError | undefined,
  found: ReadonlyMap<string, TemplateArgument>,
): readonly ArgumentFault[] {
  return (error?.issues ?? []).flatMap(({ path, message }) => {
    const name = String(path[0]);
    const argument = found.get(name);
    if (argument === undefined) return [{ path: argumentPath(name), message: 'is required', fromRun: false }];
    // What could not be rendered is a problem already.
    if (argument.value === undefined) return [];
    return [{ path: argument.path, message, fromRun: argument.fromRun }];
  });
}

function tokenFaults(found: ReadonlyMap<string, TemplateArgument>): readonly ArgumentFault[] {
  const message = 'looks like a token. Take it out, revoke it, and store a new one as a secret';
  return [...found.values()].flatMap(({ value, path, fromRun }) =>
    looksLikeToken(value ?? '') ? [{ path, message, fromRun }] : [],
  );
}
